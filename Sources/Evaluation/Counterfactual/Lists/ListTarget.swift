/// A policy that a log is asked about: with which probability would it have put each candidate at each position?
package protocol ListTarget: AnyObject {
  /// Looks at one list; what follows is about it. The answer would have as many positions as the list has items.
  func look(at list: ShownList)

  /// The probability of candidate number `index` at the 1-based `position`, in [0, 1].
  func probability(of index: Int, at position: Int) -> Float

  /// What a value per candidate is on average at a position.
  func mean(of values: [Double], at position: Int) -> Double

  /// The score of candidate number `index`; nil for a policy that has none.
  func score(of index: Int) -> Float?

  /// What it looked at of these candidates, as a log would keep it, for who learns from what becomes of them; nil for a policy
  /// that learns from what the log kept.
  func features(of indices: [Int]) -> [Int16]?
}

/// Every order equally likely: what chance would earn.
package final class UniformTarget: ListTarget {
  private var candidates = 0

  package init() {}

  package func look(at list: ShownList) { candidates = list.candidates.count }

  package func probability(of index: Int, at position: Int) -> Float { candidates == 0 ? 0 : 1 / Float(candidates) }

  package func mean(of values: [Double], at position: Int) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }

  package func score(of index: Int) -> Float? { nil }

  package func features(of indices: [Int]) -> [Int16]? { nil }
}
