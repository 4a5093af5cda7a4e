/// How much more often the target policy would have done what was logged: its probability over the propensity, per row.
package struct ImportanceWeights: Sendable {
  /// One weight per row, at least 0, finite.
  package let values: [Double]
  /// Their sum, above 0.
  package let sum: Double

  /// Divides; throws if the target takes none of the logged actions, or a quotient is not finite.
  ///
  /// - Complexity: O(n).
  package init(_ log: LoggedFeedback) throws(CounterfactualError) {
    var values: [Double] = []
    values.reserveCapacity(log.count)
    var sum = 0.0
    for row in 0..<log.count {
      let weight = log.target[row * log.actionCount + log.actions[row]] / log.propensities[row]
      // A propensity near the smallest number: it cannot be divided by.
      guard weight.isFinite else { throw .badPropensity(log.propensities[row], row: row) }
      values.append(weight)
      sum += weight
    }
    guard sum > 0 else { throw .noOverlap(rows: log.count) }
    self.values = values
    self.sum = sum
  }

  /// Throws where the target takes an action, with a mean probability above `tolerance`, that the log never shows: what
  /// it earns there is then in no weighted row, and an estimate without predictions would count it as 0.
  ///
  /// - Complexity: O(n · K).
  package static func checkSupport(_ log: LoggedFeedback, tolerance: Double) throws(CounterfactualError) {
    var isLogged = [Bool](repeating: false, count: log.actionCount)
    for action in log.actions { isLogged[action] = true }
    for action in isLogged.indices where !isLogged[action] {
      var mass = 0.0
      for row in 0..<log.count { mass += log.target[row * log.actionCount + action] }
      mass /= Double(log.count)
      guard mass <= tolerance else { throw .missingSupport(action: action, mass: mass) }
    }
  }

  /// How many rows of the target's own would say as much: (Σw)² / Σw², in [1, n] (Kish, "Survey Sampling", 1965).
  package var effectiveSampleSize: Double {
    // Scaled, so that squares stay finite.
    let greatest = values.max() ?? 1
    var scaled = 0.0
    var squares = 0.0
    for weight in values {
      scaled += weight / greatest
      squares += (weight / greatest) * (weight / greatest)
    }
    return scaled * scaled / squares
  }
}
