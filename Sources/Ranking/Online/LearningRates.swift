/// How fast, and how reluctantly, a correction learns from feedback: the four parameters of ``FTRLProximal``.
public struct LearningRates: Sendable, Equatable {
  /// α: the first gradient of a coordinate, of magnitude 1, moves its weight by α / (β + 1); in (0, 1].
  public var alpha: Double = 0.05
  /// β: how much evidence a coordinate's rate waits for before it falls; in [0.001, 1000].
  public var beta: Double = 1
  /// L1: a weight stays exactly 0 until the evidence for it is larger than this; in [0, 1e6].
  public var l1: Double = 10
  /// L2: pulls weights towards 0; in [0, 1e6].
  public var l2: Double = 0

  /// Chosen on artificial traffic; docs/decisions/0016 says how.
  public init() {}

  /// All four, unchecked until ``check()``.
  public init(alpha: Double, beta: Double, l1: Double, l2: Double) {
    (self.alpha, self.beta, self.l1, self.l2) = (alpha, beta, l1, l2)
  }

  /// - Throws: ``StepError/badValue(name:value:expected:)`` for the first that is out of its range.
  public func check() throws(StepError) {
    let all = [
      ("learn-rate", alpha, 1e-6...1.0), ("learn-beta", beta, 1e-3...1e3), ("learn-l1", l1, 0...1e6),
      ("learn-l2", l2, 0...1e6),
    ]
    for (name, value, range) in all where !range.contains(value) {
      throw .badValue(
        name: name, value: Float(value), expected: "in \(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// What a policy's version says of them.
  var version: String { "learn=alpha:\(alpha)+beta:\(beta)+l1:\(l1)+l2:\(l2)" }
}
