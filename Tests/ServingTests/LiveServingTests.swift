import Feedback
import Ranking
import ServerSupport
import Testing
import Wire

@testable import Serving

@Suite("What feedback changes while serving")
struct LiveServingTests {
  private let world: TestWorld

  init() throws { world = try TestWorld.shared() }

  @Test("a negative weight pushes liked tweets down at once, and after a restart; the reply says what is in force")
  func rewards() throws {
    let folder = try TemporaryFolder()
    let rank = Call.rank(1, user: world.users[0], Array(world.tweets.prefix(50)), explains: true)
    var liked: UInt64 = 0
    try withServer(workers: 2, state: folder.path) { server in
      let client = try server.connect()
      let before = try client.ask(rank)
      liked = before.tweets[0]
      #expect(try client.ask(.record(2, Array(repeating: liked, count: 100))).recorded == 100)
      #expect(try client.ask(rank).banditTerm(of: liked) > 0)
      let asked = try client.ask(.setRewards(3))
      #expect(asked.rewards == [1: 0, 2: 0.2, 3: 0.4, 4: 0.6, 5: 0.8, 6: 1, 7: -0.5, 8: -1] && asked.rewardsSetAt == 0)
      let set = try client.ask(.setRewards(4, [3, 2], [-10, 0.5]))
      #expect(set.status == .ok && set.rewardsSetAt > 1_600_000_000)
      #expect(set.rewards == [1: 0, 2: 0.5, 3: -10, 4: 0.6, 5: 0.8, 6: 1, 7: -0.5, 8: -1])
      // On a worker that did not set it, too.
      let after = try server.connect().ask(rank)
      #expect(try after.banditTerm(of: liked) < 0)
      #expect(after.tweets.last == liked)
      let refused = try client.ask(.setRewards(5, [4, 3], [1, 11]))
      #expect(refused.status.code == .invalidArgument && refused.status.message.contains("11.0"))
      #expect(try client.ask(.setRewards(6)).rewards == set.rewards, "nothing of it took effect")
    }
    try withServer(state: folder.path) { server in
      let client = try server.connect()
      #expect(try client.ask(rank).tweets.last == liked)
      #expect(try client.ask(.setRewards(2)).rewards[3] == -10)
    }
  }

  @Test("while the log cannot be written rewards stay what they were")
  func rewardsWithoutLog() throws {
    let log = GatedLog(failure: .inputOutput(path: "feedback.log", operation: "write to", code: 28))
    try withServer(log: log) { server in
      let client = try server.connect()
      let refused = try client.ask(.setRewards(1, [3], [2]))
      #expect(refused.status.code == .resourceExhausted && refused.status.reason == .feedbackLog)
      #expect(try client.ask(.setRewards(2)).rewards[3] == 0.4)
      log.fail(with: nil)
      #expect(try client.ask(.setRewards(3, [3], [2])).rewards[3] == 2)
    }
  }

  @Test("a burst of events brings a tweet into what a stranger is recommended; tweets that no model knows stay out")
  func trending() throws {
    var limits = Limits()
    limits.recommendCandidates = 10
    try withServer(limits: limits) { server in
      let client = try server.connect()
      let before = try client.ask(.recommend(1, user: 987_654_321))
      // Written by now, but nobody's candidate.
      let tweet = try #require(world.tweets.first { !before.tweets.contains($0) })
      let unknown: UInt64 = 424_242
      #expect(try client.ask(.record(2, [tweet, tweet, tweet] + Array(repeating: unknown, count: 9))).status == .ok)
      try awaitUntil("\(tweet) is recommended") {
        let after = try client.ask(.recommend(3, user: 987_654_321))
        #expect(after.tweets.count == 10 && !after.tweets.contains(unknown))
        return after.tweets.contains(tweet)
      }
    }
  }

  @Test("what is kept of feedback is counted")
  func counters() throws {
    let folder = try TemporaryFolder()
    try withServer(state: folder.path) { server in
      let client = try server.connect()
      let shown = try client.ask(.rank(1, user: 1, Array(world.tweets.prefix(9))))
      _ = try client.ask(.rank(2, user: 2, Array(world.tweets.prefix(9))))
      let tweets = Array(shown.tweets.prefix(4))
      for call in 3...5 as ClosedRange<UInt64> {
        _ = try client.ask(.record(call, tweets, types: [1, 1, 3, 3], request: shown.requestID, user: 1))
      }
      _ = try client.ask(.record(6, tweets, types: [3, 3, 3, 3], request: 99, user: 3))
      let told = try server.describe()
      #expect(
        told.live == .init(arms: 4, tweets: 2, users: 1, remembered: 1, duplicates: 8, unmatched: 4, snapshotAt: 0))
      #expect(told.eventsRecorded == 8)
    }
  }

  @Test("request ids do not come again after a restart with the same seed, and what is explored does")
  func requestIDs() throws {
    var policy = BanditPolicy()
    policy.epsilon = 0.5
    var ids: Set<UInt64> = []
    var explored: [[[UInt64]]] = []
    for _ in 0..<2 {
      let server = try RunningServer(policy: policy, now: .model)
      let client = try server.connect()
      var answers: [[UInt64]] = []
      for id in 1...200 as ClosedRange<UInt64> {
        let answer = try client.ask(.rank(id, user: world.users[0], Array(world.tweets.prefix(20))))
        #expect(ids.insert(answer.requestID).inserted && answer.requestID != 0)
        answers.append(answer.tweets)
      }
      explored.append(answers)
      try server.stop()
    }
    #expect(explored[0] == explored[1] && Set(explored[0]).count > 1)
  }
}
