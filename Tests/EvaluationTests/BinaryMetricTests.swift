import Kernels
import ParitySupport
import Testing

@testable import Evaluation

/// Metrics of labels and scores: against scikit-learn's outputs and against their definitions over all pairs.
@Suite struct BinaryMetricTests {
  /// A case of `metrics/binary.json`.
  struct Reference: Decodable {
    let y: [Int]
    let p: [Double]
    let roc_auc: Double
    let average_precision: Double
    let prauc_trapezoid: Double
    let log_loss: Double
    let rce: Double
  }

  @Test("AUC, average precision, PRAUC, log loss and RCE are scikit-learn's", arguments: ParityPack.having("metrics"))
  func parity(pack: ParityPack) throws {
    let cases = try pack.json("metrics/binary.json", as: [Reference].self)
    #expect(cases.count >= 4)
    for reference in cases {
      let labels = reference.y.map { $0 == 1 }
      let curve = try ThresholdCurve(labels: labels, scores: reference.p)
      let loss = try LogLoss(labels: labels, probabilities: reference.p)
      #expect(abs(try curve.rocArea() - reference.roc_auc) <= 1e-9)
      #expect(abs(try curve.averagePrecision() - reference.average_precision) <= 1e-9)
      #expect(abs(try curve.precisionRecallArea() - reference.prauc_trapezoid) <= 1e-9)
      #expect(abs(loss.value - reference.log_loss) <= 1e-9)
      #expect(abs(try loss.relativeCrossEntropy() - reference.rce) <= 1e-9 * max(1, abs(reference.rce)))
    }
  }

  /// Random labels and scores with many ties, and weights of which some are 0.
  private func sample(_ random: inout SeededGenerator) -> (labels: [Bool], scores: [Double], weights: [Double]) {
    let count = 2 + random.below(60)
    let levels = 1 + random.below(20)
    let labels = (0..<count).map { $0 == 0 || ($0 > 1 && random.below(2) == 0) }
    let scores = (0..<count).map { _ in Double(random.below(levels)) / 4 - 1 }
    let weights = (0..<count).map { $0 < 2 ? 1 : Double(random.below(4)) / 2 }
    return (labels, scores, weights)
  }

  @Test("AUC is the weighted share of pairs in the right order, ties counting half")
  func aucOverPairs() throws {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<200 {
      let (labels, scores, weights) = sample(&random)
      var right = 0.0
      var all = 0.0
      for i in labels.indices where labels[i] {
        for j in labels.indices where !labels[j] {
          let weight = weights[i] * weights[j]
          all += weight
          right += scores[i] > scores[j] ? weight : scores[i] == scores[j] ? weight / 2 : 0
        }
      }
      let curve = try ThresholdCurve(labels: labels, scores: scores, weights: weights)
      #expect(abs(try curve.rocArea() - right / all) <= 1e-12)
    }
  }

  @Test("Average precision is the mean over positives of the precision at their score")
  func averagePrecisionOverPairs() throws {
    var random = SeededGenerator(seed: 12)
    for _ in 0..<200 {
      let (labels, scores, weights) = sample(&random)
      var sum = 0.0
      var all = 0.0
      for i in labels.indices where labels[i] && weights[i] > 0 {
        let above = labels.indices.filter { scores[$0] >= scores[i] }
        let positives = above.filter { labels[$0] }.reduce(0) { $0 + weights[$1] }
        sum += weights[i] * positives / above.reduce(0) { $0 + weights[$1] }
        all += weights[i]
      }
      let curve = try ThresholdCurve(labels: labels, scores: scores, weights: weights)
      #expect(abs(try curve.averagePrecision() - sum / all) <= 1e-12)
    }
  }

  @Test("Whole weights count as repeated rows, and rows of weight 0 as absent")
  func weightsAreRepetitions() throws {
    var random = SeededGenerator(seed: 13)
    for _ in 0..<50 {
      let (labels, scores, halves) = sample(&random)
      let weights = halves.map { $0 * 2 }
      let rows = labels.indices.flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
      let weighted = try ThresholdCurve(labels: labels, scores: scores, weights: weights)
      let repeated = try ThresholdCurve(labels: rows.map { labels[$0] }, scores: rows.map { scores[$0] })
      #expect(weighted.positives == repeated.positives && weighted.negatives == repeated.negatives)
      #expect(try weighted.precisionRecallArea() == repeated.precisionRecallArea())
      let chances = scores.map { ($0 + 1.1) / 8 }
      let loss = try LogLoss(labels: labels, probabilities: chances, weights: weights)
      let plain = try LogLoss(labels: rows.map { labels[$0] }, probabilities: rows.map { chances[$0] })
      #expect(abs(loss.value - plain.value) <= 1e-12 && abs(loss.baseRate - plain.baseRate) <= 1e-12)
    }
  }

  @Test("All scores equal: AUC is ½, precision the share of positives")
  func equalScores() throws {
    let curve = try ThresholdCurve(labels: [true, false, false, false], scores: [2, 2, 2, 2])
    #expect(try curve.rocArea() == 0.5)
    #expect(try curve.averagePrecision() == 0.25)
    #expect(try curve.precisionRecallArea() == 0.625)
  }

  @Test("One class: an error where the metric compares classes, a value where it does not")
  func oneClass() throws {
    let positives = try ThresholdCurve(labels: [true, true], scores: [0.1, 0.2])
    let negatives = try ThresholdCurve(labels: [false], scores: [0.1])
    #expect(throws: MetricError.oneClass(metric: "AUC", positives: 2, negatives: 0)) { try positives.rocArea() }
    #expect(throws: MetricError.oneClass(metric: "AUC", positives: 0, negatives: 1)) { try negatives.rocArea() }
    #expect(try positives.averagePrecision() == 1 && positives.precisionRecallArea() == 1)
    #expect(throws: MetricError.self) { try negatives.averagePrecision() }
    #expect(throws: MetricError.self) { try negatives.precisionRecallArea() }
    let loss = try LogLoss(labels: [true], probabilities: [0.5])
    #expect(abs(loss.value - 0.693147180559945) < 1e-12)
    #expect(throws: MetricError.oneClass(metric: "relative cross entropy", positives: 1, negatives: 0)) {
      try loss.relativeCrossEntropy()
    }
  }

  @Test("Certain and wrong costs the loss of the margin, not infinity")
  func certainAndWrong() throws {
    let loss = try LogLoss(labels: [true, false], probabilities: [0, 1])
    #expect(abs(loss.value - 36.04365338911715) < 1e-9)
  }

  @Test("What cannot be measured is named")
  func refuses() throws {
    #expect(throws: MetricError.empty) { _ = try ThresholdCurve(labels: [], scores: []) }
    #expect(throws: MetricError.empty) { _ = try LogLoss(labels: [], probabilities: []) }
    #expect(throws: MetricError.lengthMismatch(name: "scores", count: 1, expected: 2)) {
      _ = try ThresholdCurve(labels: [true, false], scores: [1])
    }
    for bad in [Double.nan, .infinity, -.infinity] {
      #expect(throws: MetricError.self) { _ = try ThresholdCurve(labels: [true, false], scores: [1, bad]) }
      #expect(throws: MetricError.self) { _ = try LogLoss(labels: [true, false], probabilities: [1, bad]) }
      #expect(throws: MetricError.self) {
        _ = try ThresholdCurve(labels: [true, false], scores: [1, 2], weights: [1, bad])
      }
    }
    for bad in [-0.1, 1.1] {
      #expect(throws: MetricError.badValue(name: "probability", value: bad, row: 1, reason: "not in 0 to 1")) {
        _ = try LogLoss(labels: [true, false], probabilities: [1, bad])
      }
    }
    #expect(throws: MetricError.badValue(name: "weights", value: -1, row: 0, reason: "negative")) {
      _ = try ThresholdCurve(labels: [true, false], scores: [1, 2], weights: [-1, 1])
    }
    #expect(throws: MetricError.self) {
      _ = try ThresholdCurve(labels: [true, true], scores: [1, 2], weights: [1e308, 1e308])
    }
    #expect(throws: MetricError.self) { _ = try LogLoss(labels: [true], probabilities: [0.5], weights: [0]) }
    let weightless = try ThresholdCurve(labels: [true, false], scores: [1, 2], weights: [0, 0])
    #expect(throws: MetricError.oneClass(metric: "AUC", positives: 0, negatives: 0)) { try weightless.rocArea() }
  }
}
