import ParitySupport
import Testing

@testable import Training

/// Calibration against scikit-learn's optima.
@Suite struct CalibrationParityTests {
  /// `calib/models.json`; the parts that only the project's own pack has are optional.
  struct Reference: Decodable {
    struct Logistic: Decodable {
      let coef: [Double]
      let intercept: Double
    }
    struct Curve: Decodable {
      let a: Double
      let b: Double
    }
    struct Steps: Decodable {
      let x_thresholds: [Double]
      let y_thresholds: [Double]
      let grid: [Double]
      let grid_out: [Double?]
    }
    let plain: Logistic
    let weighted: Logistic
    let scores: [Double]
    let platt: Curve
    let platt_smoothed: Curve?
    let platt_smoothed_weighted: Curve?
    let platt_sklearn: Curve?
    let isotonic: Steps
    let isotonic_weighted: Steps?
    let isotonic_decreasing: Steps?
    let isotonic_nan: Steps?

    enum CodingKeys: String, CodingKey {
      case plain = "C1"
      case weighted = "C0.1_weighted"
      case scores, platt, platt_smoothed, platt_smoothed_weighted, platt_sklearn
      case isotonic, isotonic_weighted, isotonic_decreasing, isotonic_nan
    }
  }

  /// `calib/logreg_data.csv` and `calib/models.json`.
  struct Data {
    let reference: Reference
    let labels: [Bool]
    let weights: [Double]
    let features: [Double]
    let width: Int

    init(_ pack: ParityPack) throws {
      reference = try pack.json("calib/models.json", as: Reference.self)
      let rows = try pack.rows("calib/logreg_data.csv").map { row in try row.map { try #require(Double($0)) } }
      labels = rows.map { $0[0] == 1 }
      weights = rows.map { $0[1] }
      features = rows.flatMap { $0.dropFirst(2) }
      width = try #require(rows.first?.count) - 2
    }
  }

  @Test("Logistic regression is at scikit-learn's optimum", arguments: ParityPack.having("calib"))
  func logistic(pack: ParityPack) throws {
    let data = try Data(pack)
    func compare(_ model: LogisticRegression, _ expected: Reference.Logistic) {
      #expect(model.coefficients.count == expected.coef.count)
      for (got, want) in zip(model.coefficients, expected.coef) { #expect(abs(got - want) <= 1e-6) }
      #expect(abs(model.intercept - expected.intercept) <= 1e-6)
    }
    compare(
      try LogisticRegression(features: data.features, width: data.width, labels: data.labels), data.reference.plain)
    compare(
      try LogisticRegression(
        features: data.features, width: data.width, labels: data.labels, weights: data.weights, inversePenalty: 0.1),
      data.reference.weighted)
  }

  @Test("Platt's curve is at the optimum, without and with smoothing", arguments: ParityPack.having("calib"))
  func platt(pack: ParityPack) throws {
    let data = try Data(pack)
    let reference = data.reference
    func compare(_ curve: PlattScaling, _ expected: Reference.Curve?, _ tolerance: Double = 1e-9) {
      guard let expected else { return }
      #expect(abs(curve.slope - expected.a) <= tolerance && abs(curve.offset - expected.b) <= tolerance)
    }
    compare(try PlattScaling(scores: reference.scores, labels: data.labels, isSmoothed: false), reference.platt)
    let smoothed = try PlattScaling(scores: reference.scores, labels: data.labels)
    compare(smoothed, reference.platt_smoothed)
    // scikit-learn's own search stops at a gradient of 1e-6.
    compare(smoothed, reference.platt_sklearn, 1e-7)
    compare(
      try PlattScaling(scores: reference.scores, labels: data.labels, weights: data.weights),
      reference.platt_smoothed_weighted)
  }

  @Test("Isotonic regression has scikit-learn's steps and interpolation", arguments: ParityPack.having("calib"))
  func isotonic(pack: ParityPack) throws {
    let data = try Data(pack)
    let targets = data.labels.map { $0 ? 1.0 : 0 }
    func compare(
      _ expected: Reference.Steps?, weights: [Double]? = nil, isIncreasing: Bool = true,
      outOfBounds: IsotonicRegression.OutOfBounds = .clip
    ) throws {
      guard let expected else { return }
      let model = try IsotonicRegression(
        inputs: data.reference.scores, targets: targets, weights: weights, isIncreasing: isIncreasing,
        outOfBounds: outOfBounds)
      #expect(model.inputs == expected.x_thresholds)
      #expect(model.outputs.count == expected.y_thresholds.count)
      for (got, want) in zip(model.outputs, expected.y_thresholds) { #expect(abs(got - want) <= 1e-9) }
      for (input, want) in zip(expected.grid, expected.grid_out) {
        let got = try model.value(at: input)
        if let want { #expect(abs(got - want) <= 1e-9) } else { #expect(got.isNaN) }
      }
    }
    let reference = data.reference
    try compare(reference.isotonic)
    try compare(reference.isotonic_weighted, weights: data.weights)
    try compare(reference.isotonic_decreasing, isIncreasing: false)
    try compare(reference.isotonic_nan, outOfBounds: .notANumber)
  }
}
