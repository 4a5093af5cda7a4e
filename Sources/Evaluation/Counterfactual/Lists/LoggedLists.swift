/// What a log says about a target policy: a row for each item of each list, in columns.
///
/// The model is that of items and positions (Li et al., "Offline Evaluation of Ranking Policies with Click Models", KDD
/// 2018): what an item earns depends on the call, the item and its position, not on what stands around it. Then the
/// rewards of a position are a log of their own, and a list's worth is their sum.
package struct LoggedLists: Sendable {
  /// One row as it is added.
  package struct Row: Sendable {
    /// 1-based.
    package var position: Int
    /// The probability with which the logging policy put the item there, in (0, 1].
    package var propensity: Double
    /// That of the target policy, in [0, 1].
    package var target: Double
    /// What it earned.
    package var reward: Double
    /// What was forecast for the item, and for the target policy's own choice at the position.
    package var predicted: Double
    package var expected: Double

    package init(
      position: Int, propensity: Double, target: Double, reward: Double, predicted: Double = 0, expected: Double = 0
    ) {
      self.position = position
      self.propensity = propensity
      self.target = target
      self.reward = reward
      self.predicted = predicted
      self.expected = expected
    }
  }

  /// Number of lists, whether they have rows or not.
  package private(set) var count = 0
  /// The number of positions, and so of rows of the longest list.
  package private(set) var positions = 0
  /// The list of each row; ascending.
  package private(set) var lists: [Int] = []
  /// All rows.
  package private(set) var rows: [Row] = []

  /// No lists.
  package init() {}

  /// Adds one list, or throws for a probability outside its range or a number that is not finite, and adds nothing.
  package mutating func append(_ list: [Row]) throws(CounterfactualError) {
    for (place, row) in list.enumerated() { try Self.check(row, number: rows.count + place) }
    for row in list { positions = max(positions, row.position) }
    lists.append(contentsOf: repeatElement(count, count: list.count))
    rows.append(contentsOf: list)
    count += 1
  }

  private static func check(_ row: Row, number: Int) throws(CounterfactualError) {
    guard row.propensity > 0, row.propensity <= 1, (row.target / row.propensity).isFinite else {
      throw .badPropensity(row.propensity, row: number)
    }
    guard (0...1).contains(row.target) else {
      throw .badDistribution(value: row.target, row: number, reason: "not in 0 to 1")
    }
    for (name, value) in [("reward", row.reward), ("prediction", row.predicted), ("prediction", row.expected)]
    where !value.isFinite {
      throw .badValue(name: name, value: value, row: number)
    }
    guard (1...mostPositions).contains(row.position) else {
      throw .badParameter(name: "position", value: Double(row.position), reason: "not in 1 to \(mostPositions)")
    }
  }

  /// Positions beyond are refused.
  package static let mostPositions = 10_000
}
