/// An arm that a bandit chose, and the probability with which it would choose it again in the same state.
package struct ArmChoice: Sendable, Equatable {
  /// In 0 ..< arms.
  package let arm: Int
  /// In (0, 1].
  package let propensity: Double
}

extension Array where Element == Double {
  /// The position of the greatest value, the first of several; 0 for an empty array. A NaN never wins.
  var firstGreatest: Int {
    var best = 0
    for index in indices where self[index] > self[best] || self[best].isNaN { best = index }
    return best
  }
}
