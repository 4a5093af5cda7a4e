import Artifact
import Feedback
import Foundation
import Kernels
import Ranking
import ServerSupport

/// The state folder of a server that has shown lists of the sample's tweets, explored the first position of many, and
/// been told of impressions and likes; made in process, by the ranker and the log themselves.
struct SampleLog: Sendable {
  static let policy = BanditPolicy(.epsilonGreedy(RewardTerm(worth: .mean, weight: 2)), epsilon: 0.5, slot: 1)
  static let lists = 1_500
  static let shown = 3

  let folder: TemporaryFolder
  /// Mean rewards of a list, a like being worth 0.4.
  let meanReward: Double

  static func shared() throws -> SampleLog { try made.get() }

  private static let made = Result { try SampleLog() }

  private init() throws {
    folder = try TemporaryFolder()
    let sample = try SampleModel.shared()
    let model = try Model(TensorSet.read(path: sample.modelPath))
    let scratch = RankScratch(model: model, capacity: 64, seed: 1)
    let past = OfflineFold()
    let log = try LocalLog(folder: folder.path)
    defer { log.close() }
    var generator = SeededGenerator(seed: 4)
    var likes = 0
    for number in 1...Self.lists {
      var entries: [LogEntry] = []
      let ranking = Self.ranking(UInt64(number), sample, model, scratch, past, &generator)
      entries.append(.ranking(ranking))
      func tell(_ tweet: UInt64, _ type: EventType) {
        let event = FeedbackEvent(
          userID: ranking.userID, tweetID: tweet, type: type.rawValue, timestampSeconds: ranking.timestampSeconds,
          requestID: ranking.requestID)
        entries.append(.event(event, isUnmatched: false))
      }
      for item in ranking.items {
        tell(item.tweetID, .impression)
        if generator.uniform() < (item.tweetID % 3 == 0 ? 0.6 : 0.2) {
          tell(item.tweetID, .like)
          likes += 1
        }
      }
      // What the server could not match says nothing.
      let stray = FeedbackEvent(
        userID: 1, tweetID: ranking.items[0].tweetID, type: EventType.reply.rawValue, timestampSeconds: 3,
        requestID: ranking.requestID)
      if number % 7 == 0 { entries.append(.event(stray, isUnmatched: true)) }
      _ = try log.append(entries)
      for entry in entries { past.apply(entry) }
    }
    meanReward = 0.4 * Double(likes) / Double(Self.lists)
  }

  private static func ranking(
    _ number: UInt64, _ sample: SampleModel, _ model: Model, _ scratch: RankScratch, _ past: OfflineFold,
    _ generator: inout SeededGenerator
  ) -> LoggedRanking {
    var candidates: [UInt64] = []
    while candidates.count < 10 {
      let tweet = sample.tweets[generator.below(40)]
      if !candidates.contains(tweet) { candidates.append(tweet) }
    }
    let user = sample.users[generator.below(sample.users.count)]
    let time = Int64(1_800_000_000 + number)
    return candidates.withUnsafeBufferPointer { ids in
      var query = RankQuery(userID: user, tweetIDs: ids, limit: shown)
      query.time = time
      Candidates.gather(query, model: model, scratch: scratch)
      past.publish()
      past.arms.lookUp(
        scratch.candidateIDs, trials: scratch.armTrials, rewards: scratch.armRewards, expected: scratch.armExpected)
      past.tweets.lookUp(scratch.candidateIDs, into: scratch.live)
      past.users.lookUp(user, since: 0, into: scratch.live)
      Signals.compute(query, model: model, scratch: scratch)
      Scorer.blend(model: model, scratch: scratch)
      RankSteps().adjust(scratch, query: query, model: model)
      policy.adjust(scratch)
      let ranked = Ranker.rank(
        query, model: model, policy: policy, requestID: number, scratch: scratch, using: &generator)
      return LoggedRanking(
        requestID: number, userID: user, timestampSeconds: time, policyVersion: policy.version,
        modelVersion: model.version,
        items: ranked.tweetIDs.indices.map {
          .init(tweetID: ranked.tweetIDs[$0], propensity: ranked.propensities[$0], score: ranked.scores[$0])
        }, candidates: Array(ids))
    }
  }
}
