import Foundation
import Kernels
import Testing

@testable import Evaluation
@testable import Training

@Suite("Comparison of models on impressions")
struct ComparisonTests {
  /// `count` impressions of ten candidates, the positive always first in the file.
  private func impressions(_ count: Int) throws -> ImpressionList {
    let path = NSTemporaryDirectory() + "apus-impressions-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var text = "impression_id,user_id,timestamp,candidates\n"
    for number in 0..<count {
      let candidates = (0..<10).map { "\(1000 + (number * 7 + $0) % 500)-\($0 == 0 ? 1 : 0)" }
      text += "\(number),\(number % 13),\(number),\(candidates.joined(separator: " "))\n"
    }
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try ImpressionList.read(path: path, progress: SilentProgress())
  }

  private func compare(_ list: ImpressionList, _ models: [ScoredModel]) throws -> EvaluationResult {
    try Comparison(list, popularity: { _ in 0.25 }, resamples: 300, seed: 7, parallel: Parallel(threads: 2))
      .run(models, slices: [])
  }

  @Test("metrics of one order, by hand")
  func byHand() throws {
    let metrics = try OrderMetrics(scores: [0.1, 0.9, 0.5, 0.4], labels: [true, false, true, false])
    #expect(metrics.top == [1, 2, 3, 0])
    let ideal = 1 + 1 / log2(3.0)
    #expect(abs((metrics.ndcg ?? 0) - (1 / log2(3.0) + 1 / log2(5.0)) / ideal) < 1e-12)
    #expect(metrics.reciprocalRank == 0.5 && metrics.recall == 1)
    #expect(abs((metrics.averagePrecision ?? 0) - (0.5 + 0.5) / 2) < 1e-12)
    // Of four pairs one stands right: the second positive above the last negative.
    #expect(metrics.area == 0.25)
  }

  @Test("without a positive nothing is defined, with positives only there is no area")
  func undefined() throws {
    let none = try OrderMetrics(scores: [1, 2], labels: [false, false])
    #expect(none.ndcg == nil && none.area == nil && none.reciprocalRank == nil && none.top == [1, 0])
    let all = try OrderMetrics(scores: [1, 2], labels: [true, true])
    #expect(all.ndcg == 1 && all.area == nil)
    #expect(try OrderMetrics(scores: [3, 3], labels: [true, false]).area == 0.5)
    #expect(throws: MetricError.self) { try OrderMetrics(scores: [.nan, 1], labels: [true, false]) }
  }

  @Test("a signal counts in its better direction, and what it does not know ranks last in both")
  func directions() throws {
    let list = try impressions(200)
    let upside = list.labels.map { Float($0 ? 1 : 0) }
    // The positive has no value; the others have equal ones.
    let missing = list.labels.map { $0 ? Float.nan : 3 }
    let result = try compare(
      list,
      [
        ScoredModel(name: "rising", kind: .signal, scores: upside),
        ScoredModel(name: "falling", kind: .signal, scores: upside.map { -$0 }),
        ScoredModel(name: "backwards", kind: .baseline, scores: upside.map { -$0 }),
        ScoredModel(name: "missing", kind: .signal, scores: missing),
      ])
    #expect(result.models["rising"]?.ndcg == 1 && result.models["falling"]?.ndcg == 1)
    #expect(result.models["backwards"]?.auc == 0 && result.models["missing"]?.auc == 0)
    #expect(abs((result.models["missing"]?.mrr ?? 0) - 0.1) < 1e-12)
  }

  @Test("candidates that were merged are told; results do not depend on the number of threads")
  func mergedAndThreads() throws {
    let path = NSTemporaryDirectory() + "apus-impressions-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = "impression_id,user_id,timestamp,candidates\n1,2,3,4-0 5-0 4-1 4-0\n2,2,3,4-0 5-1\n"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let list = try ImpressionList.read(path: path, progress: SilentProgress())
    let models = (0..<9).map { number in
      ScoredModel(name: "\(number)", kind: .signal, scores: list.tweets.map { Float(($0 * UInt64(number)) % 7) })
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let texts = try [1, 4].map { threads in
      let comparison = Comparison(
        list, popularity: { 1 / Double($0) }, resamples: 50, seed: 1, parallel: Parallel(threads: threads))
      return String(decoding: try encoder.encode(try comparison.run(models, slices: [])), as: UTF8.self)
    }
    #expect(texts[0] == texts[1] && texts[0].contains("\"merged_candidates\":2"))
  }

  @Test("a constant score measures as chance, wherever in the file the positives stand")
  func tiesAreNeutral() throws {
    let list = try impressions(2_000)
    var generator = SeededGenerator(seed: 3)
    let result = try compare(
      list,
      [
        ScoredModel(name: "constant", kind: .baseline, scores: list.tweets.map { _ in 1 }),
        ScoredModel(name: "random", kind: .baseline, scores: list.tweets.map { _ in Float(generator.uniform()) }),
      ])
    let chance = (0..<10).reduce(0.0) { $0 + 1 / log2(Double($1 + 2)) } / 10
    for name in ["constant", "random"] { #expect(abs((result.models[name]?.ndcg ?? 0) - chance) < 0.02, "\(name)") }
    #expect(result.models["constant"]?.auc == 0.5)
  }

  @Test("the best opponent is named; a perfect recipe is above it and a useless one below, with intervals")
  func differences() throws {
    let list = try impressions(300)
    var generator = SeededGenerator(seed: 4)
    let noisy = list.labels.map { ($0 ? 1 : 0) + Float(generator.gaussian()) }
    let result = try compare(
      list,
      [
        ScoredModel(name: "noisy", kind: .signal, scores: noisy),
        ScoredModel(name: "constant", kind: .baseline, scores: list.tweets.map { _ in 0 }),
        ScoredModel(
          name: "ranker", kind: .recipe, scores: list.labels.map { $0 ? 1 : 0 },
          probabilities: list.labels.map { $0 ? 1 : 0 }),
        ScoredModel(name: "wrong", kind: .recipe, scores: list.labels.map { $0 ? 0 : 1 }),
      ])
    let ranker = try #require(result.models["ranker"])
    #expect(ranker.ndcg == 1 && ranker.ndcgLow == 1 && ranker.mrr == 1 && ranker.auc == 1)
    #expect(ranker.difference?.against == "noisy" && (ranker.difference?.low ?? 0) > 0)
    #expect((result.models["wrong"]?.difference?.high ?? 0) < 0)
    #expect(result.models["noisy"]?.difference == nil)
    #expect((ranker.ece ?? 1) < 1e-9 && (ranker.rce ?? 0) > 99.9)
    #expect(result.models["noisy"]?.ece == nil)
    #expect(ranker.novelty == 2, "everybody's share is a quarter")
    #expect(ranker.coverage == 1)
    let json = String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
    for key in ["ndcg@10", "map@10", "recall@10", "ndcg@10_low", "difference", "switched_off", "impressions"] {
      #expect(json.contains("\"\(key)\""), "\(key)")
    }
  }

  @Test("the interval of a mean covers the truth about as often as it says")
  func coverage() {
    var generator = SeededGenerator(seed: 5)
    var covered = 0
    for round in 0..<200 {
      let values = (0..<60).map { _ in Optional(generator.uniform()) }
      let bootstrap = PairedBootstrap(impressions: 60, resamples: 200, seed: UInt64(round))
      let interval = PairedBootstrap.interval(bootstrap.means(of: values))
      if interval.low <= 0.5, interval.high >= 0.5 { covered += 1 }
    }
    #expect(covered > 175 && covered < 200, "\(covered) of 200")
  }

  @Test("calibration by hand: a bin's error is the distance of its rates")
  func calibration() throws {
    let probabilities = [Float](repeating: 0.2, count: 150)
    let labels = (0..<150).map { $0 % 5 == 0 }
    let right = try Calibration(probabilities: probabilities, labels: labels)
    #expect(right.expectedError < 1e-6)
    #expect(abs(right.relativeCrossEntropy ?? 1) < 1e-4)
    let wrong = try Calibration(probabilities: probabilities.map { $0 + 0.5 }, labels: labels)
    #expect(abs(wrong.expectedError - 0.5) < 1e-6 && (wrong.relativeCrossEntropy ?? 0) < 0)
    #expect(try Calibration(probabilities: [0.1, 0.2], labels: [false, false]).relativeCrossEntropy == nil)
  }
}
