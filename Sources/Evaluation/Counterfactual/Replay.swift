/// Replay: the mean reward of the rows in which a deterministic policy would have done what was logged (Li, Chu,
/// Langford and Wang, "Unbiased Offline Evaluation of Contextual-bandit-based News Article Recommendation Algorithms",
/// WSDM 2011).
///
/// Unbiased where the logging policy chose uniformly; otherwise it leans to what that policy liked.
package struct Replay: Sendable, Equatable {
  /// Rows in which both agree; at least 1.
  package let matched: Int
  /// Their mean reward.
  package let meanReward: Double

  /// Replays the target policy's likeliest action, the first of several equally likely ones.
  ///
  /// Throws if no row matches.
  /// - Complexity: O(n · K).
  package init(_ log: LoggedFeedback) throws(CounterfactualError) {
    let choices = (0..<log.count).map { row in
      let first = row * log.actionCount
      var best = 0
      for action in 0..<log.actionCount where log.target[first + action] > log.target[first + best] { best = action }
      return best
    }
    try self.init(log, choices: choices)
  }

  /// Replays given choices, one per row; throws if no row matches.
  package init(_ log: LoggedFeedback, choices: [Int]) throws(CounterfactualError) {
    guard choices.count == log.count else {
      throw .lengthMismatch(name: "choices", count: choices.count, expected: log.count)
    }
    var matched = 0
    var sum = 0.0
    for row in 0..<log.count where choices[row] == log.actions[row] {
      matched += 1
      sum += log.rewards[row]
    }
    guard matched > 0 else { throw .noOverlap(rows: log.count) }
    self.matched = matched
    meanReward = sum / Double(matched)
  }

  /// The same as an estimate of the policy's mean reward.
  package var estimate: PolicyEstimate { PolicyEstimate(value: meanReward, effectiveSampleSize: Double(matched)) }
}
