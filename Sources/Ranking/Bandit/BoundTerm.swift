import Kernels

/// A score's term of UCB: the mean reward and a bonus for what is still unsure.
///
/// With n trials of a tweet, rewards r, N trials of all candidates of the call and n₀ prior trials without reward, a
/// tweet is worth r/(n₀ + n) + α·√(2·ln(1 + N)/(n₀ + n)): UCB1 (Auer, Cesa-Bianchi and Fischer, "Finite-time Analysis of
/// the Multiarmed Bandit Problem", Machine Learning 2002) of arms that begin with n₀ trials instead of +∞. What an
/// untried tweet is worth is left out of every term.
public struct BoundTerm: Sendable, Equatable {
  /// α, at least 0.
  public var bonus: Float
  /// What a worth of 1 adds to a score; finite.
  public var weight: Float
  /// n₀.
  public var priorTrials: Float

  /// A term.
  public init(bonus: Float = 0.25, weight: Float = 5, priorTrials: Float = 10) {
    (self.bonus, self.weight, self.priorTrials) = (bonus, weight, priorTrials)
  }

  func check() throws(BanditError) {
    try BanditError.check(bonus: bonus)
    try BanditError.check(weight: weight)
    try BanditError.check(priorTrials: priorTrials)
  }

  var parameters: String { "bonus=\(bonus),weight=\(weight),prior=\(priorTrials)" }

  func compute(_ tried: TriedCandidates) {
    Columnwise.meanRewards(
      tried.rewards, trials: tried.trials, count: tried.count, priorTrials: priorTrials, weight: weight,
      bonus: bonus * Float(2).squareRoot() * tried.spread, into: tried.terms)
  }
}
