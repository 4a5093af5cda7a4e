import Foundation
import Kernels
import Testing

@testable import Training

/// Logistic regression and Platt's scaling: optimality, and what is separable, equal, tiny or bad.
@Suite struct LogisticTests {
  /// The objective of scikit-learn's documentation, term by term.
  private func objective(
    _ w: [Double], _ b: Double, features: [Double], labels: [Bool], weights: [Double], c: Double
  ) -> Double {
    var value = w.reduce(0) { $0 + $1 * $1 } / 2
    for row in labels.indices {
      var margin = b
      for j in w.indices { margin += w[j] * features[row * w.count + j] }
      value += c * weights[row] * log(1 + exp(labels[row] ? -margin : margin))
    }
    return value
  }

  @Test("No small step from the answer lowers the objective", arguments: [0.01, 1, 100])
  func isOptimal(c: Double) throws {
    var random = SeededGenerator(seed: UInt64(c * 100))
    let (count, width) = (80, 3)
    let features = (0..<count * width).map { _ in random.gaussian() * 2 }
    let labels = (0..<count).map { features[$0 * width] + random.gaussian() > 0.5 }
    let weights = (0..<count).map { _ in Double(random.below(4)) }
    let model = try LogisticRegression(
      features: features, width: width, labels: labels, weights: weights, inversePenalty: c)
    func value(_ w: [Double], _ b: Double) -> Double {
      objective(w, b, features: features, labels: labels, weights: weights, c: c)
    }
    let best = value(model.coefficients, model.intercept)
    for j in 0...width {
      for step in [-1e-4, 1e-4] {
        var w = model.coefficients
        if j < width { w[j] += step }
        #expect(value(w, model.intercept + (j == width ? step : 0)) > best)
      }
    }
  }

  @Test("Separable classes stay finite under a penalty")
  func separable() throws {
    for c in [1e-6, 1, 1e6] {
      let model = try LogisticRegression(
        features: [-2, -1, 1, 2], width: 1, labels: [false, false, true, true], inversePenalty: c)
      #expect(model.coefficients[0] > 0 && model.coefficients[0].isFinite)
      #expect(abs(model.intercept) < 1e-6)
      #expect(try model.probability([2]) > 0.5)
    }
  }

  @Test("Columns of one value, in huge or tiny units, or twice the same are no trouble")
  func awkwardColumns() throws {
    let base = [-1.5, -0.5, 0.5, 1, 0.25, -0.75]
    let labels = [false, true, false, true, true, false]
    let features: [Double] = base.flatMap { (x: Double) -> [Double] in [x * 1e8, x * 1e-8, 1, x, x] }
    let model = try LogisticRegression(features: features, width: 5, labels: labels)
    #expect(model.coefficients.allSatisfy(\.isFinite) && model.intercept.isFinite)
    #expect(abs(model.coefficients[3] - model.coefficients[4]) < 1e-9)
    // Without a feature the intercept is the log odds of the labels.
    let empty = try LogisticRegression(features: [], width: 0, labels: [true, false, false, false])
    #expect(abs(empty.intercept + log(3)) < 1e-12)
    #expect(abs(try empty.probability([]) - 0.25) < 1e-12)
  }

  @Test("What cannot be learned from is named")
  func refuses() throws {
    func fit(_ features: [Double], _ labels: [Bool], _ weights: [Double]? = nil, c: Double = 1) throws {
      _ = try LogisticRegression(features: features, width: 1, labels: labels, weights: weights, inversePenalty: c)
    }
    #expect(throws: CalibrationError.empty) { try fit([], []) }
    #expect(throws: CalibrationError.oneClass(positives: 2, negatives: 0)) { try fit([1, 2], [true, true]) }
    #expect(throws: CalibrationError.oneClass(positives: 0, negatives: 1)) { try fit([1], [false]) }
    #expect(throws: CalibrationError.oneClass(positives: 1, negatives: 0)) { try fit([1, 2], [true, false], [1, 0]) }
    #expect(throws: CalibrationError.zeroWeight(rows: 2)) { try fit([1, 2], [true, false], [0, 0]) }
    #expect(throws: CalibrationError.lengthMismatch(name: "features", count: 1, expected: 2)) {
      try fit([1], [true, false])
    }
    for bad in [Double.nan, .infinity] {
      #expect(throws: CalibrationError.self) { try fit([1, bad], [true, false]) }
      #expect(throws: CalibrationError.self) { try fit([1, 2], [true, false], [1, bad]) }
      #expect(throws: CalibrationError.self) { try fit([1, 2], [true, false], c: bad) }
    }
    #expect(throws: CalibrationError.badValue(name: "weights", value: -1, row: 1, reason: "negative")) {
      try fit([1, 2], [true, false], [1, -1])
    }
    #expect(throws: CalibrationError.self) { try fit([1, 2], [true, false], c: 0) }
    #expect(throws: CalibrationError.self) { try fit([1e200, -1e200], [true, false]) }
    let model = LogisticRegression(coefficients: [1, 2], intercept: 0)
    #expect(throws: CalibrationError.lengthMismatch(name: "features", count: 1, expected: 2)) {
      try model.probability([1])
    }
  }

  @Test("Smoothing keeps Platt's curve finite on separable data, and of sense with one class or one sample")
  func smoothing() throws {
    let separable = try PlattScaling(scores: [-1, 1], labels: [false, true])
    // Targets 1/3 and 2/3, met exactly.
    #expect(abs(separable.probability(1) - 2.0 / 3) < 1e-9 && abs(separable.probability(-1) - 1.0 / 3) < 1e-9)
    let positives = try PlattScaling(scores: [0.5, 0.7, 0.9], labels: [true, true, true])
    #expect(abs(positives.slope) < 1e-9 && abs(positives.probability(0.1) - 0.8) < 1e-9)
    let one = try PlattScaling(scores: [3], labels: [false])
    #expect(one.slope == 0 && abs(one.probability(3) - 1.0 / 3) < 1e-12)
    let equal = try PlattScaling(scores: [2, 2, 2, 2], labels: [true, false, false, false])
    #expect(equal.slope == 0 && abs(equal.probability(2) - (2.0 / 3 + 3 * 0.2) / 4) < 1e-12)
  }

  @Test("Platt's curve does not depend on the unit of the scores", arguments: [1e-300, 1e-3, 1e6, 1e300])
  func scaleFree(unit: Double) throws {
    let scores = [-2, -1, 0.5, 0, 1, 1.5]
    let labels = [false, false, true, false, true, true]
    let plain = try PlattScaling(scores: scores, labels: labels)
    let scaled = try PlattScaling(scores: scores.map { $0 * unit }, labels: labels)
    for score in scores { #expect(abs(plain.probability(score) - scaled.probability(score * unit)) < 1e-9) }
  }

  @Test("Without smoothing, separable classes and one class are errors")
  func unsmoothed() throws {
    func fit(_ scores: [Double], _ labels: [Bool]) throws -> PlattScaling {
      try PlattScaling(scores: scores, labels: labels, isSmoothed: false)
    }
    #expect(throws: CalibrationError.separable) { try fit([1, 2, 3], [false, false, true]) }
    #expect(throws: CalibrationError.separable) { try fit([1, 2, 3], [true, false, false]) }
    #expect(throws: CalibrationError.separable) { try fit([1, 2, 2, 3], [false, false, true, true]) }
    #expect(throws: CalibrationError.oneClass(positives: 1, negatives: 0)) { try fit([1], [true]) }
    #expect(abs(try fit([2, 2, 2, 2], [true, false, false, false]).probability(2) - 0.25) < 1e-12)
    #expect(try fit([1, 2, 3, 4], [false, true, false, true]).slope > 0)
    for bad in [Double.nan, .infinity] {
      #expect(throws: CalibrationError.self) { try fit([1, bad], [true, false]) }
    }
    #expect(throws: CalibrationError.empty) { try fit([], []) }
    #expect(throws: CalibrationError.zeroWeight(rows: 1)) {
      _ = try PlattScaling(scores: [1], labels: [true], weights: [0])
    }
  }
}
