import Kernels
import Testing

@testable import Training

/// Isotonic regression against its min-max formula, and what it does at its edges.
@Suite struct IsotonicTests {
  /// The nearest ascending curve at place i is max over a ≤ i of min over b ≥ i of the mean of a…b (Robertson, Wright and
  /// Dykstra, "Order Restricted Statistical Inference", theorem 1.4.4).
  private func plain(_ targets: [Double], _ weights: [Double]) -> [Double] {
    targets.indices.map { i in
      (0...i).map { a in
        (i..<targets.count).map { b in
          let sum = (a...b).reduce(0) { $0 + targets[$1] * weights[$1] }
          return sum / (a...b).reduce(0) { $0 + weights[$1] }
        }.min() ?? .nan
      }.max() ?? .nan
    }
  }

  @Test("The curve is the min-max formula's, in any order of rows, rising or falling")
  func agreesWithFormula() throws {
    var random = SeededGenerator(seed: 41)
    for _ in 0..<100 {
      let count = 1 + random.below(25)
      let targets = (0..<count).map { _ in Double(random.below(7)) }
      let weights = (0..<count).map { _ in Double(1 + random.below(3)) }
      let order = (0..<count).map { ($0, random.next()) }.sorted { $0.1 < $1.1 }.map(\.0)
      for sign in [1.0, -1] {
        let model = try IsotonicRegression(
          inputs: order.map { Double($0) }, targets: order.map { sign * targets[$0] },
          weights: order.map { weights[$0] }, isIncreasing: sign > 0)
        for (place, want) in plain(targets, weights).enumerated() {
          #expect(abs(try model.value(at: Double(place)) - sign * want) < 1e-9)
        }
      }
    }
  }

  @Test("Equal inputs are one with their weighted mean; rows of weight 0 are absent")
  func ties() throws {
    let model = try IsotonicRegression(
      inputs: [1, 1, 2, 3], targets: [0, 1, 9, 2], weights: [1, 3, 0, 1])
    #expect(model.inputs == [1, 3] && model.outputs == [0.75, 2])
    let near = try IsotonicRegression(inputs: [0, 1e-16, 1], targets: [0, 1, 1])
    #expect(near.inputs == [0, 1] && near.outputs == [0.5, 1])
  }

  @Test("Between steps the curve is a line; outside it is cut, NaN or an error")
  func bounds() throws {
    func model(_ outOfBounds: IsotonicRegression.OutOfBounds) throws -> IsotonicRegression {
      try IsotonicRegression(inputs: [0, 2, 4], targets: [0, 1, 4], outOfBounds: outOfBounds)
    }
    let clip = try model(.clip)
    #expect(try clip.value(at: 1) == 0.5 && clip.value(at: 3) == 2.5)
    #expect(try clip.value(at: 0) == 0 && clip.value(at: 2) == 1 && clip.value(at: 4) == 4)
    #expect(try clip.value(at: -9) == 0 && clip.value(at: .infinity) == 4)
    #expect(try model(.notANumber).value(at: 5).isNaN && !model(.notANumber).value(at: 4).isNaN)
    #expect(throws: CalibrationError.outOfBounds(value: 5, lower: 0, upper: 4)) { try model(.refuse).value(at: 5) }
    #expect(throws: CalibrationError.self) { try clip.value(at: .nan) }
  }

  @Test("One sample, or all inputs equal, is a constant; equal targets keep the ends only")
  func constants() throws {
    let one = try IsotonicRegression(inputs: [3], targets: [0.5])
    let equal = try IsotonicRegression(inputs: [3, 3], targets: [0, 1])
    for input in [-1, 3, 7.0] { #expect(try one.value(at: input) == 0.5 && equal.value(at: input) == 0.5) }
    let flat = try IsotonicRegression(inputs: [1, 2, 3, 4], targets: [2, 2, 2, 2])
    #expect(flat.inputs == [1, 4] && flat.outputs == [2, 2])
  }

  @Test("What cannot be learned from is named")
  func refuses() throws {
    #expect(throws: CalibrationError.empty) { _ = try IsotonicRegression(inputs: [], targets: []) }
    #expect(throws: CalibrationError.lengthMismatch(name: "targets", count: 2, expected: 1)) {
      _ = try IsotonicRegression(inputs: [1], targets: [1, 2])
    }
    #expect(throws: CalibrationError.zeroWeight(rows: 1)) {
      _ = try IsotonicRegression(inputs: [1], targets: [1], weights: [0])
    }
    #expect(throws: CalibrationError.badValue(name: "weights", value: -1, row: 0, reason: "negative")) {
      _ = try IsotonicRegression(inputs: [1], targets: [1], weights: [-1])
    }
    for bad in [Double.nan, .infinity] {
      #expect(throws: CalibrationError.self) { _ = try IsotonicRegression(inputs: [bad], targets: [1]) }
      #expect(throws: CalibrationError.self) { _ = try IsotonicRegression(inputs: [1], targets: [bad]) }
    }
    #expect(throws: CalibrationError.self) {
      _ = try IsotonicRegression(inputs: [1, 1], targets: [1e308, 1e308], weights: [10, 10])
    }
  }
}
