/// What feedback on a tweet does to its place: a rule that changes scores, and one position that is explored.
///
/// Whatever the rule, with probability ε a call explores: one position, ``slot``, is given to a candidate drawn
/// uniformly from all that are not above it, and the ones between move down by one (``Exploration``).
public struct BanditPolicy: Sendable, Equatable {
  /// How what is known of a tweet's feedback enters its score.
  public enum Rule: Sendable, Equatable {
    /// Not at all: feedback is recorded, but does not change scores.
    case off
    /// By the mean or the sum of its rewards.
    case epsilonGreedy(RewardTerm)
    /// By the mean of its rewards and a bonus for what is still unsure.
    case ucb(BoundTerm)
    /// By what rewards make of the ranker's own probability, and a small bonus.
    case priorUCB(PriorTerm)
    /// By what rewards make of the ranker's own probability; the slot goes to the greatest of draws.
    case thompson(PosteriorDraw)
    /// By what a regression of rewards on features of the candidate makes of the ranker's own probability.
    case linUCB(ContextualTerm)

    /// Throws for a parameter outside its range.
    public func check() throws(BanditError) {
      switch self {
      case .off: break
      case .epsilonGreedy(let term): try term.check()
      case .ucb(let term): try term.check()
      case .priorUCB(let term): try term.check()
      case .thompson(let draw): try draw.term.check()
      case .linUCB(let term): try term.check()
      }
    }
  }

  /// How feedback enters the scores.
  public var rule: Rule
  /// Probability of exploring, in [0, 1].
  public var epsilon: Double
  /// 1-based position that exploration fills; the last position where the answer is shorter.
  public var slot: Int

  /// A policy; values outside their ranges are a programming error (``check()``).
  public init(_ rule: Rule = .priorUCB(PriorTerm()), epsilon: Double = 0.05, slot: Int = 3) {
    (self.rule, self.epsilon, self.slot) = (rule, epsilon, slot)
    do throws(BanditError) { try check() } catch { preconditionFailure("\(error)") }
  }

  /// Throws for a parameter outside its range.
  public func check() throws(BanditError) {
    guard (0...1).contains(epsilon) else {
      throw .badParameter(name: "epsilon", value: epsilon, reason: "not in 0 to 1")
    }
    guard slot >= 1 else { throw .badParameter(name: "slot", value: Double(slot), reason: "below 1") }
    try rule.check()
  }

  /// Says in replies which policy and parameters chose; changes whenever they do.
  public var version: String {
    let (name, parameters): (String, String) =
      switch rule {
      case .off: ("off", "")
      case .epsilonGreedy(let term): ("epsilon-greedy-\(term.worth)", term.parameters)
      case .ucb(let term): ("ucb", term.parameters)
      case .priorUCB(let term): ("prior-ucb", term.parameters)
      case .thompson(let draw): ("thompson", draw.parameters)
      case .linUCB(let term): ("linucb", term.parameters)
      }
    return "\(name)/epsilon=\(epsilon),slot=\(slot)" + (parameters.isEmpty ? "" : "," + parameters)
  }

  /// Adds each candidate's term to its score. `scratch.armTrials` and `armRewards` hold the arms' statistics; arms
  /// without a trial, or whose rewards are not a finite number, count as without feedback.
  ///
  /// - Parameter learned: what linucb ranks with; without it, and before the first trial, its terms are 0.
  /// - Complexity: O(candidates); except for linucb, those without feedback cost next to nothing.
  public func adjust(_ scratch: RankScratch, learned: ContextualScoring? = nil) {
    let tried = TriedCandidates(scratch)
    if logsScores { scratch.bandit.scoresBefore.update(from: scratch.scores, count: scratch.count) }
    switch rule {
    case .off: return
    case .epsilonGreedy(let term): term.compute(tried)
    case .ucb(let term): term.compute(tried)
    case .priorUCB(let term): term.compute(tried, scores: scratch.scores)
    case .thompson(let draw): draw.term.compute(tried, scores: scratch.scores)
    case .linUCB(let term): return term.adjust(scratch, learned)
    }
    tried.addTerms(to: scratch)
  }

  /// Numbers of an item that ``logFeatures(_:items:into:)`` writes at most.
  public static let mostLoggedFeatures = ContextualFeatures.count

  /// Whether the score before the bandit is looked at afterwards.
  private var logsScores: Bool {
    switch rule {
    case .priorUCB, .thompson, .linUCB: true
    case .off, .epsilonGreedy, .ucb: false
    }
  }

  /// Writes what the rule looked at of the first `items` of the answer that was just ranked, row by row, for the log: of
  /// linucb what ``ContextualState`` learns from, of rules with a prior the score before the bandit
  /// (``ExpectedEngagements``), of others nothing. Returns how many numbers that are; `features` has room for
  /// ``mostLoggedFeatures`` an item.
  public func logFeatures(
    _ scratch: RankScratch, items: Int, into features: UnsafeMutableBufferPointer<Int16>
  ) -> Int {
    put(of: UnsafeBufferPointer(start: scratch.order, count: min(items, scratch.count)), scratch, into: features)
  }

  /// The same as an array.
  public func loggedFeatures(_ scratch: RankScratch, items: Int) -> [Int16] {
    loggedFeatures(scratch, of: (0..<min(items, scratch.count)).map { scratch.order[$0] })
  }

  /// The same of some candidates, whatever their places would be, by their numbers in the scratch.
  public func loggedFeatures(_ scratch: RankScratch, of candidates: [UInt32]) -> [Int16] {
    let room = candidates.count * Self.mostLoggedFeatures
    return [Int16](unsafeUninitializedCapacity: room) { features, count in
      count = candidates.withUnsafeBufferPointer { put(of: $0, scratch, into: features) }
    }
  }

  private func put(
    of candidates: UnsafeBufferPointer<UInt32>, _ scratch: RankScratch, into features: UnsafeMutableBufferPointer<Int16>
  ) -> Int {
    switch rule {
    case .priorUCB, .thompson:
      for (place, i) in candidates.enumerated() {
        features[place] = ContextualFeatures.logged(scratch.bandit.scoresBefore[Int(i)])
      }
      return candidates.count
    case .linUCB:
      let width = ContextualFeatures.count
      for (place, i) in candidates.enumerated() {
        for k in 0..<width {
          features[place * width + k] = ContextualFeatures.logged(scratch.bandit.feature(k)[Int(i)])
        }
      }
      return candidates.count * width
    case .off, .epsilonGreedy, .ucb: return 0
    }
  }

  /// What linucb learns with; nil for other rules.
  public var contextual: ContextualTerm? { if case .linUCB(let term) = rule { term } else { nil } }

  /// How many of the best from the slot on the rule itself may give the slot to; 1: only the best.
  var contenders: Int {
    if case .thompson = rule { PosteriorDraw.contenders } else { 1 }
  }

  /// How likely the rule's own choice for the slot is each of these 1-based ranks of `scratch.order`, the slot's and at
  /// most ``contenders`` in all.
  func shares(of scratch: RankScratch, ranks: Range<Int>) -> SlotShares {
    if case .thompson(let draw) = rule { draw.shares(of: scratch, ranks: ranks) } else { .first }
  }
}
