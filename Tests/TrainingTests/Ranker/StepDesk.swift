import Artifact
import Kernels
import Testing

@testable import Ranking
@testable import Training

/// One trained model with engagement types, asked without a wire.
final class StepDesk {
  let fixture: MomentWorldFixture
  let model: Model
  let scratch: RankScratch

  init() throws {
    fixture = try MomentWorldFixture(hasTypes: true)
    var options = fixture.options
    options.blendLists = 200
    model = try Model(Trainer.train(options, progress: SilentProgress()).0)
    scratch = RankScratch(model: model, capacity: 400, seed: 3)
  }

  struct Row {
    var tweet: UInt64
    var score: Float
    var contributions: [Float]
    var values: [Float]
  }

  /// Its term does not look at the score: what steps before it add to all scores alike changes no order.
  let policy = BanditPolicy(.epsilonGreedy(RewardTerm()), epsilon: 0)

  /// Everything that a server does for a call, arms of some tweets included; `live` fills what has happened since.
  func rank(
    user: Int, _ steps: RankSteps, limit: Int = 0, tweets: Int = 300, correction: OnlineCorrection? = nil,
    live: (LiveFacts) -> Void = { _ in }
  ) -> [Row] {
    let ids = (0..<tweets).map { EntityID.of("t\($0)") }
    return ids.withUnsafeBufferPointer { ids in
      let query = RankQuery(userID: EntityID.of("u\(user)"), tweetIDs: ids, limit: limit, explains: true)
      scratch.live.clear(candidates: scratch.capacity)
      live(scratch.live)
      _ = Scorer.score(query, model: model, scratch: scratch)
      steps.adjust(scratch, query: query, model: model, correction: correction)
      for i in 0..<scratch.count { (scratch.armTrials[i], scratch.armRewards[i]) = (UInt32(i % 3), Float(i % 5) / 4) }
      policy.adjust(scratch)
      var generator = SeededGenerator(seed: 1)
      let ranked = Ranker.rank(
        query, model: model, policy: policy, steps: steps, requestID: 1, scratch: scratch, using: &generator)
      let width = ranked.explainedSignals
      #expect(width == model.signals.count + steps.active.count)
      return ranked.tweetIDs.indices.map { index in
        let part = index * width..<(index + 1) * width
        return Row(
          tweet: ranked.tweetIDs[index], score: ranked.scores[index], contributions: Array(ranked.contributions[part]),
          values: Array(ranked.values[part]))
      }
    }
  }

  func steps(_ change: (inout StepSettings) -> Void) throws -> RankSteps {
    var settings = StepSettings()
    change(&settings)
    return try RankSteps(settings, model: model)
  }

  func author(_ tweet: UInt64) -> UInt32 { model.tweets.authors[Int(model.tweets.row(of: tweet))] }
}
