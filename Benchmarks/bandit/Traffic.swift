import Kernels
import Ranking

/// Calls one after another: rank, show, let the user like, and tell the bandit.
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
    var trials = [UInt32](repeating: 0, count: world.tweetCount)
    var likes = trials
    var expected = [Int64](repeating: 0, count: world.tweetCount)
    var state = ContextualState()
    var learned: ContextualScoring?
    var (earned, best) = (0.0, 0.0)
    for number in 0..<calls {
      let (user, tweets) = world.call(number, candidates: Self.candidates, using: &traffic)
      let scores = tweets.map { knows == .feedback ? 0 : Float(world.score($0, user: user, call: number)) }
      let chances = tweets.map { world.chance($0, user: user, call: number) }
      best += chances.sorted(by: >).prefix(Self.shown).reduce(0, +)
      if case .linUCB(let term) = policy.rule, number % Self.publishPeriod == 0 {
        learned = ContextualScoring(state, term)
      }
      let like = Float(EventType.like.reward)
      desk.withScores(
        tweets.map { UInt64($0) }, scores, limit: Self.shown,
        arm: { (trials[Int($0)], like * Float(likes[Int($0)])) }
      ) { query in
        for i in 0..<desk.scratch.count {
          desk.scratch.armExpected[i] =
            knows == .expected
            ? Float(Double(expected[Int(desk.scratch.ids[i])]) / ExpectedEngagements.scale) : 0
        }
        policy.adjust(desk.scratch, learned: learned)
        let ranked = Ranker.rank(
          query, model: desk.model, policy: policy, requestID: 1, scratch: desk.scratch, using: &draws)
        let features = policy.loggedFeatures(desk.scratch, items: Self.shown)
        for (place, id) in ranked.tweetIDs.enumerated() {
          let tweet = Int(id)
          let probability = world.chance(tweet, user: user, call: number)
          let isLiked = chance.uniform() < probability
          earned += probability
          trials[tweet] += 1
          likes[tweet] += isLiked ? 1 : 0
          let x = features[place * features.count / Self.shown..<(place + 1) * features.count / Self.shown]
          expected[tweet] += ExpectedEngagements.units(x) ?? 0
          state.apply(x, .impression, isTrial: true)
          if isLiked { state.apply(x, .like, isTrial: false) }
        }
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
