/// Matrix factorisation in training, whatever it computes with.
///
/// Users and tweets go by their numbers in ``FactorOrder``.
package protocol Factorization: AnyObject {
  /// Who takes part, and in which order.
  var order: FactorOrder { get }

  /// Visits every engagement once. Returns the root of the mean squared error met on the way, each taken before its
  /// update; 0 for an empty log, not finite where the steps diverged.
  /// - Complexity: O(engagements · factors).
  func runEpoch() -> Double

  /// Whether every bias and factor is a number.
  var isFinite: Bool { get }

  /// Rounds a user's bias and factors to floats; `factors` has room for all of them.
  func copyUser(_ user: Int, factors: UnsafeMutablePointer<Float>) -> Float

  /// Rounds a tweet's bias and factors to floats; `factors` has room for all of them.
  func copyTweet(_ tweet: Int, factors: UnsafeMutablePointer<Float>) -> Float

  /// The prediction for a user and a tweet by their numbers; nil stands for one that took no part.
  /// - Complexity: O(factors).
  func predict(user: Int?, tweet: Int?) -> FactorPrediction
}

extension Factorization {
  /// The prediction from its parts, added in Surprise's order.
  func predict(
    isBiased: Bool, userBias: Double?, tweetBias: Double?, product: Double?
  ) -> FactorPrediction {
    if !isBiased {
      return FactorPrediction(score: product ?? order.meanScore, isImpossible: product == nil)
    }
    var score = order.meanScore
    if let userBias { score += userBias }
    if let tweetBias { score += tweetBias }
    if let product { score += product }
    return FactorPrediction(score: score, isImpossible: false)
  }
}
