import Kernels
import Ranking

/// Calls one after another: rank, show, let the user like, and record that as a server does.
struct Traffic {
  /// Candidates of a call, and how many of them are shown.
  static let (candidates, shown) = (50, 5)
  /// Calls between two publications of what a contextual policy has learned.
  private static let publishPeriod = 50

  /// What a policy is told.
  enum Knowledge {
    /// Trials and rewards of each tweet, but not the ranker's scores: all are 0.
    case feedback
    /// The ranker's scores, and trials and rewards of each tweet.
    case trials
    /// The same, and the engagements that the ranker expected of those trials.
    case expected
  }

  let world: World
  let calls: Int
  let seed: UInt64

  /// What was earned, in expected likes, over what the best five of each call would have earned.
  ///
  /// - Parameter knows: what the policy is told.
  func share(of policy: BanditPolicy, knows: Knowledge, desk: Desk) -> Double {
    var (traffic, chance, draws) = (
      SeededGenerator(seed: seed), SeededGenerator(seed: ~seed), SeededGenerator(seed: seed &+ 1)
    )
    let experience = Experience()
    var learned: ContextualScoring?
    var (earned, best) = (0.0, 0.0)
    for number in 0..<calls {
      let (user, tweets) = world.call(number, candidates: Self.candidates, using: &traffic)
      let scores = tweets.map { knows == .feedback ? 0 : Float(world.score($0, user: user, call: number)) }
      let chances = tweets.map { world.chance($0, user: user, call: number) }
      best += chances.sorted(by: >).prefix(Self.shown).reduce(0, +)
      if let term = policy.contextual, number % Self.publishPeriod == 0 {
        learned = ContextualScoring(experience.contextual, term)
      }
      desk.withScores(tweets.map { UInt64($0) }, scores, limit: Self.shown) { query in
        experience.lookUp(desk.scratch)
        // linucb learns from what is logged in any case: without expectations it is not shown them.
        if knows != .expected { desk.scratch.armExpected.update(repeating: 0, count: desk.scratch.count) }
        policy.adjust(desk.scratch, learned: learned)
        let ranked = Ranker.rank(
          query, model: desk.model, policy: policy, requestID: 1, scratch: desk.scratch, using: &draws)
        let likely = ranked.tweetIDs.map { world.chance(Int($0), user: user, call: number) }
        earned += likely.reduce(0, +)
        experience.record(
          call: number, user: user, ranked, features: policy.loggedFeatures(desk.scratch, items: Self.shown),
          isLiked: likely.map { chance.uniform() < $0 })
      }
    }
    return earned / best
  }

  /// The share of showing any five.
  func randomShare() -> Double {
    var traffic = SeededGenerator(seed: seed)
    var (earned, best) = (0.0, 0.0)
    for number in 0..<calls {
      let (user, tweets) = world.call(number, candidates: Self.candidates, using: &traffic)
      let chances = tweets.map { world.chance($0, user: user, call: number) }
      earned += chances.reduce(0, +) * Double(Self.shown) / Double(Self.candidates)
      best += chances.sorted(by: >).prefix(Self.shown).reduce(0, +)
    }
    return earned / best
  }
}
