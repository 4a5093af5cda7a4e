/// Logistic regression that learns one example at a time and keeps weights at exactly 0 without evidence.
///
/// FTRL-Proximal with a learning rate per coordinate: McMahan et al., "Ad Click Prediction: a View from the Trenches",
/// KDD 2013, algorithm 1. What it learns is a correction: delta log odds to be added to those that a model gives, begun
/// at 0. The last coordinate is the bias, whose input is always 1. State in doubles: 24 bytes a coordinate.
public struct FTRLProximal: Sendable, Equatable {
  /// The parameters.
  public let rates: LearningRates
  /// [D] sum of squared gradients; n in the paper.
  public private(set) var squares: [Double]
  /// [D] sum of gradients, less what the proximal terms took back; z in the paper.
  public private(set) var pulls: [Double]
  /// [D] the current weights, bias last; functions of the two above.
  public private(set) var weights: [Double]

  /// The largest magnitude of a correction, in log odds: what is wrong by more needs a new model.
  public static let largestCorrection = 10.0
  /// State of larger magnitude does not come from examples.
  static let largestState = 1e12

  /// Knows nothing yet, of so many inputs; one more coordinate is the bias.
  public init(inputs: Int, rates: LearningRates) {
    self.rates = rates
    squares = .init(repeating: 0, count: inputs + 1)
    pulls = squares
    weights = squares
  }

  /// Goes on from a state that was learned with `old` rates: weights stay as they were.
  /// Columns of one length, at least 1, of magnitude up to ``largestState``.
  init(squares: [Double], pulls: [Double], learnedWith old: LearningRates, rates: LearningRates) {
    self.rates = rates
    self.squares = squares
    self.pulls = pulls
    weights = zip(squares, pulls).map { Self.weight(square: $0, pull: $1, old) }
    guard old != rates else { return }
    for i in weights.indices {
      let weight = weights[i]
      let threshold = weight > 0 ? -rates.l1 : rates.l1
      self.pulls[i] =
        weight == 0
        ? min(rates.l1, max(-rates.l1, pulls[i]))
        : threshold - weight * Self.stiffness(squares[i], rates)
    }
  }

  /// Inputs of an example, without the bias.
  public var inputs: Int { weights.count - 1 }

  /// What is added to a model's log odds for these inputs; within ± ``largestCorrection``.
  /// `x` has ``inputs`` elements, finite. O(inputs).
  public func correction(_ x: UnsafeBufferPointer<Float>) -> Double {
    var sum = weights[inputs]
    for i in 0..<inputs { sum += weights[i] * Double(x[i]) }
    return min(Self.largestCorrection, max(-Self.largestCorrection, sum))
  }

  /// The probability of an engagement by the model's log odds and the correction.
  public func probability(_ x: UnsafeBufferPointer<Float>, base: Float) -> Double {
    1 / (1 + Logarithm.exponential(-(Double(base) + correction(x))))
  }

  /// One step along the gradient of the logistic loss, `slope` · x: p for a negative example and p − 1 for a positive
  /// one, where p is ``probability(_:base:)``. O(inputs).
  public mutating func step(_ x: UnsafeBufferPointer<Float>, slope: Double) {
    for i in 0..<inputs where x[i] != 0 { step(i, gradient: slope * Double(x[i])) }
    step(inputs, gradient: slope)
  }

  /// One labelled example.
  public mutating func learn(_ x: UnsafeBufferPointer<Float>, base: Float, isPositive: Bool) {
    step(x, slope: probability(x, base: base) - (isPositive ? 1 : 0))
  }

  private mutating func step(_ i: Int, gradient: Double) {
    let square = squares[i] + gradient * gradient
    let sigma = (square.squareRoot() - squares[i].squareRoot()) / rates.alpha
    pulls[i] += gradient - sigma * weights[i]
    squares[i] = square
    weights[i] = Self.weight(square: square, pull: pulls[i], rates)
  }

  /// 1 / the learning rate of a coordinate, and L2.
  private static func stiffness(_ square: Double, _ rates: LearningRates) -> Double {
    (rates.beta + square.squareRoot()) / rates.alpha + rates.l2
  }

  private static func weight(square: Double, pull: Double, _ rates: LearningRates) -> Double {
    if abs(pull) <= rates.l1 { return 0 }
    return -(pull - (pull < 0 ? -rates.l1 : rates.l1)) / stiffness(square, rates)
  }
}
