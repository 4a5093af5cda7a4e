import ArgumentParser
import Ranking

/// Options about what feedback does to the order.
struct BanditArguments: ParsableArguments {
  /// The rules by name. `mean` and `classic` are older names of ε-greedy on means and on sums.
  enum Rule: String, ExpressibleByArgument, CaseIterable {
    case off
    case epsilonGreedy = "epsilon-greedy"
    case ucb, thompson
    case priorUCB = "prior-ucb"
    case linUCB = "linucb"
    case mean, classic

    /// Without the older names.
    static var allValueStrings: [String] {
      [Rule.off, .epsilonGreedy, .ucb, .thompson, .priorUCB, .linUCB].map(\.rawValue)
    }
  }

  @Option(
    help: ArgumentHelp(
      """
      What feedback does to a tweet's score. prior-ucb: the ranker's probability, corrected by the tweet's own \
      engagements, and a small bonus for tweets little shown. thompson: the same without the bonus, and the explored \
      position is filled by Thompson sampling. linucb: what one regression over features of all candidates, learned \
      from feedback, makes of that probability, and a bonus where it has seen little. epsilon-greedy: its mean reward \
      is added. ucb: its mean reward and a bonus. off: nothing.
      """, valueName: Rule.allValueStrings.joined(separator: "|")))
  var bandit = Rule.priorUCB

  @Option(
    help: ArgumentHelp(
      "What epsilon-greedy adds: the mean reward, or the reward sum, as many home-grown rankers do; mean.",
      valueName: "mean|sum"))
  var banditWorth: RewardTerm.Worth?

  @Option(help: "What a mean reward, or reward sum, of 1 adds to a score (epsilon-greedy and ucb); 5.")
  var banditWeight: Float?

  @Option(
    help: ArgumentHelp(
      "Impressions that every tweet is taken to have had already: with the ranker's probability of an engagement "
        + "(prior-ucb, thompson and linucb, 12), or without any reward (epsilon-greedy on means and ucb, 10).",
      valueName: "trials"))
  var banditPrior: Float?

  @Option(
    help: ArgumentHelp(
      "Weight of the bonus for tweets little shown: prior-ucb 1 (in log odds), ucb 0.25 (in rewards), linucb 0.1 (in "
        + "engagements a trial, for features little seen).", valueName: "bonus"))
  var banditBonus: Float?

  @Option(help: "Reward that counts as one engagement (prior-ucb, thompson and linucb); 0.4, that of a like.")
  var banditUnit: Float?

  @Option(help: "Probability that a call explores one position, 0 to 1; 0.05, with --bandit off 0.")
  var epsilon: Double?

  @Option(help: "Position (from 1) that exploration fills.")
  var explorationSlot = 3

  func validate() throws {
    if let epsilon, !(0...1).contains(epsilon) { throw ValidationError("--epsilon \(epsilon) is not in 0 to 1") }
    guard explorationSlot >= 1 else { throw ValidationError("--exploration-slot \(explorationSlot) is below 1") }
    if bandit == .mean || bandit == .classic, banditWorth != nil {
      throw ValidationError("--bandit-worth goes with --bandit epsilon-greedy, not with its older name \(bandit)")
    }
    let isGreedy = worth != nil
    try check("worth", isGiven: banditWorth != nil, isUsed: isGreedy)
    try check("weight", isGiven: banditWeight != nil, isUsed: isGreedy || bandit == .ucb)
    try check("prior", isGiven: banditPrior != nil, isUsed: bandit != .off && worth != .sum)
    try check("bonus", isGiven: banditBonus != nil, isUsed: [.ucb, .priorUCB, .linUCB].contains(bandit))
    try check("unit", isGiven: banditUnit != nil, isUsed: [.priorUCB, .thompson, .linUCB].contains(bandit))
    do throws(BanditError) {
      try rule.check()
    } catch {
      guard case .badParameter(let name, let value, let reason) = error else { throw error }
      throw ValidationError("--bandit-\(name) \(Float(value)): \(reason)")
    }
  }

  /// An option that the rule does not know is a mistake, not something to pass over.
  private func check(_ name: String, isGiven: Bool, isUsed: Bool) throws {
    guard isUsed || !isGiven else { throw ValidationError("--bandit \(bandit.rawValue) has no --bandit-\(name)") }
  }

  /// The policy; call ``validate()`` first.
  var policy: BanditPolicy {
    BanditPolicy(rule, epsilon: epsilon ?? (bandit == .off ? 0 : 0.05), slot: explorationSlot)
  }

  /// What ε-greedy adds; nil for other rules.
  private var worth: RewardTerm.Worth? {
    switch bandit {
    case .epsilonGreedy: banditWorth ?? .mean
    case .mean: .mean
    case .classic: .sum
    case .off, .ucb, .thompson, .priorUCB, .linUCB: nil
    }
  }

  private var rule: BanditPolicy.Rule {
    if let worth {
      var term = RewardTerm(worth: worth)
      if let banditWeight { term.weight = banditWeight }
      if let banditPrior { term.priorTrials = banditPrior }
      return .epsilonGreedy(term)
    }
    switch bandit {
    case .ucb:
      var term = BoundTerm()
      if let banditBonus { term.bonus = banditBonus }
      if let banditWeight { term.weight = banditWeight }
      if let banditPrior { term.priorTrials = banditPrior }
      return .ucb(term)
    case .priorUCB:
      var term = PriorTerm()
      if let banditPrior { term.priorTrials = banditPrior }
      if let banditBonus { term.bonus = banditBonus }
      if let banditUnit { term.engagementReward = banditUnit }
      return .priorUCB(term)
    case .thompson:
      var draw = PosteriorDraw()
      if let banditPrior { draw.priorTrials = banditPrior }
      if let banditUnit { draw.engagementReward = banditUnit }
      return .thompson(draw)
    case .linUCB:
      var term = ContextualTerm()
      if let banditBonus { term.bonus = banditBonus }
      if let banditPrior { term.priorTrials = banditPrior }
      if let banditUnit { term.engagementReward = banditUnit }
      return .linUCB(term)
    default: return .off
    }
  }
}

extension RewardTerm.Worth: ExpressibleByArgument {}
