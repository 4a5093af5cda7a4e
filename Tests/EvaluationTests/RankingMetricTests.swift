import Foundation
import Kernels
import ParitySupport
import Testing

@testable import Evaluation

/// Metrics of one query's order: against scikit-learn's outputs and against their definitions.
@Suite struct RankingMetricTests {
  /// A case of `metrics/ranking.json`.
  struct Reference: Decodable {
    let rel: [Double]
    let score: [Double]
    let k: Int
    let order_stable: [Int]
    let sklearn_ndcg_ties_averaged: Double
    let sklearn_ndcg_ignore_ties: Double
    let ndcg_linear_gain_stable: Double
    let ndcg_exp_gain_stable: Double
    let ap_at_k: Double
    let mrr: Double
    let recall_at_k: Double
    let precision_at_k: Double
  }

  @Test("NDCG, AP@k, MRR, recall and precision are the references'", arguments: ParityPack.having("metrics"))
  func parity(pack: ParityPack) throws {
    let cases = try pack.json("metrics/ranking.json", as: [Reference].self)
    #expect(cases.count >= 4)
    for reference in cases {
      let ranking = try RankedGains(gains: reference.rel, scores: reference.score)
      let k = reference.k
      #expect(ranking.gains == reference.order_stable.map { reference.rel[$0] })
      func near(_ value: Double, _ expected: Double) -> Bool { abs(value - expected) <= 1e-9 }
      let averaged = try NormalizedGain(cutoff: k)
      let linear = try NormalizedGain(cutoff: k, ties: .inOrder)
      let exponential = try NormalizedGain(cutoff: k, scale: .exponential, ties: .inOrder)
      #expect(near(try averaged.value(of: ranking), reference.sklearn_ndcg_ties_averaged))
      #expect(near(try linear.value(of: ranking), reference.ndcg_linear_gain_stable))
      #expect(near(try exponential.value(of: ranking), reference.ndcg_exp_gain_stable))
      #expect(near(try ranking.averagePrecision(at: k), reference.ap_at_k))
      #expect(near(ranking.reciprocalRank, reference.mrr))
      #expect(near(try ranking.recall(at: k), reference.recall_at_k))
      #expect(near(try ranking.precision(at: k), reference.precision_at_k))
      // scikit-learn orders ties here by an unstable sort that depends on the machine, so only the range is certain: what
      // the best and the worst order of ties would give. Without ties that is one number.
      let (low, high) = try extremes(reference, linear)
      #expect(low - 1e-9 <= reference.sklearn_ndcg_ignore_ties && reference.sklearn_ndcg_ignore_ties <= high + 1e-9)
      if Set(reference.score).count == reference.score.count { #expect(high - low <= 1e-12) }
    }
  }

  /// The metric with tied items in their worst and in their best order.
  private func extremes(_ reference: Reference, _ metric: NormalizedGain) throws -> (Double, Double) {
    func value(_ order: [Int]) throws -> Double {
      try metric.value(
        of: RankedGains(gains: order.map { reference.rel[$0] }, scores: order.map { reference.score[$0] }))
    }
    let ascending = reference.rel.indices.sorted { reference.rel[$0] < reference.rel[$1] }
    return (try value(ascending), try value(ascending.reversed()))
  }

  @Test("Averaging over ties is the mean over all orders of the tied items")
  func tiesAverageAllOrders() throws {
    let gains = [3.0, 0, 1, 2, 0]
    let scores = [0.5, 0.9, 0.5, 0.5, 0.1]
    func orders(_ items: [Int]) -> [[Int]] {
      items.isEmpty
        ? [[]] : items.flatMap { first in orders(items.filter { $0 != first }).map { [first] + $0 } }
    }
    for scale in [NormalizedGain.Scale.linear, .exponential] {
      for cutoff in 1...6 {
        var sum = 0.0
        let all = orders(Array(gains.indices))
        for order in all {
          let ranking = try RankedGains(gains: order.map { gains[$0] }, scores: order.map { scores[$0] })
          sum += try NormalizedGain(cutoff: cutoff, scale: scale, ties: .inOrder).value(of: ranking)
        }
        let averaged = try NormalizedGain(cutoff: cutoff, scale: scale)
          .value(of: RankedGains(gains: gains, scores: scores))
        #expect(abs(averaged - sum / Double(all.count)) <= 1e-12)
      }
    }
  }

  @Test("Every metric agrees with a plain count over positions")
  func plainCounts() throws {
    var random = SeededGenerator(seed: 21)
    for _ in 0..<200 {
      let count = 1 + random.below(20)
      let gains = (0..<count).map { _ in Double(max(0, random.below(5) - 2)) }
      let scores = (0..<count).map { _ in Double(random.below(6)) }
      let cutoff = 1 + random.below(25)
      // The place of an item is the number of items before it.
      let places = (0..<count).map { i in
        (0..<count).count { scores[$0] > scores[i] || (scores[$0] == scores[i] && $0 < i) }
      }
      let relevant = (0..<count).filter { gains[$0] > 0 }
      let hits = relevant.filter { places[$0] < cutoff }
      var precisions = 0.0
      for i in hits { precisions += Double(relevant.count { places[$0] <= places[i] }) / Double(places[i] + 1) }
      let ranking = try RankedGains(gains: gains, scores: scores)
      let average = relevant.isEmpty ? 0 : precisions / Double(min(cutoff, relevant.count))
      #expect(abs(try ranking.averagePrecision(at: cutoff) - average) <= 1e-12)
      #expect(try ranking.precision(at: cutoff) == Double(hits.count) / Double(cutoff))
      let recall = relevant.isEmpty ? 0 : Double(hits.count) / Double(relevant.count)
      #expect(try ranking.recall(at: cutoff) == recall)
      let first = relevant.map { places[$0] }.min()
      #expect(ranking.reciprocalRank == (first.map { 1 / Double($0 + 1) } ?? 0))
      var gained = 0.0
      for i in 0..<count where places[i] < cutoff { gained += gains[i] / log2(Double(places[i] + 2)) }
      var best = 0.0
      for (place, gain) in gains.sorted(by: >).prefix(cutoff).enumerated() { best += gain / log2(Double(place + 2)) }
      let value = try NormalizedGain(cutoff: cutoff, ties: .inOrder).value(of: ranking)
      #expect(abs(value - (best > 0 ? gained / best : 0)) <= 1e-12)
    }
  }

  @Test("One item, nothing relevant, all scores equal: defined values")
  func edges() throws {
    let one = try RankedGains(gains: [2], scores: [0])
    #expect(try NormalizedGain().value(of: one) == 1 && one.reciprocalRank == 1)
    let none = try RankedGains(gains: [0, 0], scores: [1, 2])
    #expect(try NormalizedGain().value(of: none) == 0)
    #expect(try none.averagePrecision(at: 2) == 0 && none.recall(at: 1) == 0 && none.reciprocalRank == 0)
    let equal = try RankedGains(gains: [0, 1, 0], scores: [5, 5, 5])
    #expect(equal.tieEnds == [3] && equal.gains == [0, 1, 0])
  }

  @Test("A mean over queries needs a query")
  func queryMean() throws {
    var mean = QueryMean()
    #expect(throws: MetricError.empty) { try mean.value() }
    try mean.add(1)
    try mean.add(0.5)
    #expect(try mean.value() == 0.75 && mean.count == 2)
    #expect(throws: MetricError.self) { try mean.add(.nan) }
  }

  @Test("What cannot be ranked is named")
  func refuses() throws {
    #expect(throws: MetricError.empty) { _ = try RankedGains(gains: [], scores: []) }
    #expect(throws: MetricError.lengthMismatch(name: "scores", count: 2, expected: 1)) {
      _ = try RankedGains(gains: [1], scores: [1, 2])
    }
    #expect(throws: MetricError.badValue(name: "gains", value: -1, row: 1, reason: "negative")) {
      _ = try RankedGains(gains: [1, -1], scores: [1, 2])
    }
    for bad in [Double.nan, .infinity] {
      #expect(throws: MetricError.self) { _ = try RankedGains(gains: [bad], scores: [1]) }
      #expect(throws: MetricError.self) { _ = try RankedGains(gains: [1], scores: [bad]) }
    }
    let ranking = try RankedGains(gains: [2000], scores: [1])
    #expect(throws: MetricError.self) { try NormalizedGain(scale: .exponential).value(of: ranking) }
    #expect(throws: MetricError.badCutoff(0)) { _ = try NormalizedGain(cutoff: 0) }
    #expect(throws: MetricError.badCutoff(0)) { try ranking.precision(at: 0) }
    #expect(throws: MetricError.badCutoff(-1)) { try ranking.recall(at: -1) }
    #expect(throws: MetricError.badCutoff(0)) { try ranking.averagePrecision(at: 0) }
  }
}
