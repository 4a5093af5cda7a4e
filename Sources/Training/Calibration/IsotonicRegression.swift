import Kernels

/// Isotonic regression: the monotone step curve nearest to the data in weighted squares, interpolated between its
/// steps' ends, as scikit-learn's `IsotonicRegression`.
package struct IsotonicRegression: Sendable, Equatable {
  /// What a value outside the range that was learned from gets.
  package enum OutOfBounds: Sendable {
    /// What the nearest end has.
    case clip
    /// NaN, scikit-learn's default.
    case notANumber
    /// An error.
    case refuse
  }

  /// Ends of the steps, ascending; at least one.
  package let inputs: [Double]
  /// The curve there.
  package let outputs: [Double]
  /// What a value outside of ``inputs`` gets.
  package let outOfBounds: OutOfBounds

  /// Two inputs nearer to each other than this are one, as in scikit-learn (`numpy.finfo(float).resolution`).
  private static let resolution = 1e-15

  /// Learns the curve by pooling adjacent violators (Barlow et al., "Statistical Inference under Order Restrictions",
  /// 1972). Equal inputs count as one with their mean; rows of weight 0 count as absent.
  ///
  /// - Parameters:
  ///   - inputs: n, finite.
  ///   - targets: n, finite.
  ///   - weights: n, finite, at least 0, not all 0; 1 each by default.
  ///   - isIncreasing: false for a curve that falls.
  ///   - outOfBounds: what a value outside the range of inputs gets.
  /// - Complexity: O(n log n).
  package init(
    inputs: [Double], targets: [Double], weights: [Double]? = nil, isIncreasing: Bool = true,
    outOfBounds: OutOfBounds = .notANumber
  ) throws(CalibrationError) {
    guard !inputs.isEmpty else { throw .empty }
    try CalibrationError.check("inputs", inputs, count: inputs.count)
    try CalibrationError.check("targets", targets, count: inputs.count)
    if let weights { try CalibrationError.check("weights", weights, count: inputs.count, isNegativeAllowed: false) }
    let points = Self.distinct(inputs, targets, weights)
    guard !points.isEmpty else { throw .zeroWeight(rows: inputs.count) }
    let sign = isIncreasing ? 1.0 : -1.0
    let fitted = Self.pooled(points.map { (sign * $0.target, $0.weight) }).map { sign * $0 }
    for (row, value) in fitted.enumerated() where !value.isFinite {
      throw .badValue(name: "mean of targets", value: value, row: row, reason: "not finite")
    }
    // Points between two of the same height say nothing.
    let kept = fitted.indices.filter { place in
      place == 0 || place == fitted.count - 1 || fitted[place] != fitted[place - 1]
        || fitted[place] != fitted[place + 1]
    }
    self.inputs = kept.map { points[$0].input }
    outputs = kept.map { fitted[$0] }
    self.outOfBounds = outOfBounds
  }

  /// The curve at a value; a single point learned gives the same everywhere. O(log steps).
  ///
  /// Throws for NaN, and outside the range where that is to be refused.
  package func value(at input: Double) throws(CalibrationError) -> Double {
    guard !input.isNaN else { throw .badValue(name: "input", value: input, row: 0, reason: "not a number") }
    let last = inputs.count - 1
    guard last > 0 else { return outputs[0] }
    if input < inputs[0] || input > inputs[last] {
      switch outOfBounds {
      case .clip: return input < inputs[0] ? outputs[0] : outputs[last]
      case .notANumber: return .nan
      case .refuse: throw .outOfBounds(value: input, lower: inputs[0], upper: inputs[last])
      }
    }
    let high = (1..<last).partitionPoint { inputs[$0] >= input }
    let low = high - 1
    // Ends are exact: no rounding takes the curve outside of what was learned.
    if input == inputs[low] { return outputs[low] }
    if input == inputs[high] { return outputs[high] }
    let slope = (outputs[high] - outputs[low]) / (inputs[high] - inputs[low])
    return slope * (input - inputs[low]) + outputs[low]
  }

  private struct Point {
    var input: Double
    var target: Double
    var weight: Double
  }

  /// One point per distinct input, ascending, with the weighted mean of its targets.
  private static func distinct(_ inputs: [Double], _ targets: [Double], _ weights: [Double]?) -> [Point] {
    let used = inputs.indices.filter { (weights?[$0] ?? 1) > 0 }
    let order = used.sorted { (inputs[$0], targets[$0], $0) < (inputs[$1], targets[$1], $1) }
    var points: [Point] = []
    for row in order {
      let weight = weights?[row] ?? 1
      if let last = points.last, inputs[row] - last.input < resolution {
        points[points.count - 1].target += targets[row] * weight
        points[points.count - 1].weight += weight
      } else {
        points.append(Point(input: inputs[row], target: targets[row] * weight, weight: weight))
      }
    }
    for place in points.indices { points[place].target /= points[place].weight }
    return points
  }

  /// The nearest ascending heights: neighbours in the wrong order are pooled to their mean until none is left. O(n).
  private static func pooled(_ points: [(target: Double, weight: Double)]) -> [Double] {
    var blocks: [(sum: Double, weight: Double, count: Int, mean: Double)] = []
    for point in points {
      var block = (sum: point.target * point.weight, weight: point.weight, count: 1, mean: point.target)
      while let before = blocks.last, before.mean >= block.mean {
        blocks.removeLast()
        block.sum += before.sum
        block.weight += before.weight
        block.count += before.count
        block.mean = block.sum / block.weight
      }
      blocks.append(block)
    }
    return blocks.flatMap { [Double](repeating: $0.mean, count: $0.count) }
  }
}
