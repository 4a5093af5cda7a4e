import Feedback
import Glibc
import Ranking
import ServerSupport
import Testing

@testable import Serving

/// What the log keeps of rankings, and what policies make of it.
@Suite("Policies that learn from what was shown")
struct BanditServingTests {
  /// Everything that a folder's log holds about rankings.
  private func rankings(in folder: TemporaryFolder) throws -> [UInt64: LoggedRanking] {
    var found: [UInt64: LoggedRanking] = [:]
    let log = try LocalLog(folder: folder.path)
    _ = try log.replay(after: 0) { entry, _ in
      if case .ranking(let ranking) = entry { found[ranking.requestID] = ranking }
    }
    log.close()
    return found
  }

  private func expectSums(_ answer: Answer) {
    for (row, score) in zip(answer.contributions, answer.scores) {
      #expect(row.dropFirst().reduce(row[0], +) == score)
    }
  }

  @Test("prior-ucb compares a tweet with what the ranker expected of those it was shown to, which the log keeps")
  func expectedEngagements() throws {
    let world = try TestWorld.shared()
    let folder = try TemporaryFolder()
    let term = PriorTerm()
    let tweets = Array(world.tweets.prefix(60))
    var shown: Answer?
    try withServer(policy: BanditPolicy(.priorUCB(term), epsilon: 0), state: folder.path) { server in
      let client = try server.connect()
      func rank(_ call: UInt64, _ user: UInt64) throws -> Answer {
        try client.ask(.rank(call, user: user, tweets, explains: true))
      }
      let (a, b) = (try rank(1, world.users[0]), try rank(2, world.users[1]))
      func score(_ answer: Answer, _ tweet: UInt64) throws -> Double {
        guard let row = answer.tweets.firstIndex(of: tweet) else { throw TestFailure("no \(tweet) in the answer") }
        return try Double(answer.scores[row] - answer.banditTerm(of: tweet))
      }
      // The tweet on which the two users differ most, among those of which the log keeps features.
      let tweet = try #require(
        a.tweets.prefix(20).max { try abs(score(a, $0) - score(b, $0)) < abs(score(a, $1) - score(b, $1)) })
      for call in 3..<13 as Range<UInt64> {
        let answer = try rank(call, world.users[0])
        shown = answer
        _ = try client.ask(
          .record(100 + call, [tweet], types: [1], request: answer.requestID, user: world.users[0]))
        expectSums(answer)
      }
      let after = try rank(20, world.users[1])
      func sigmoid(_ score: Double) -> Double { 1 / (1 + exp(-score)) }
      let (n, p) = (Double(term.priorTrials), sigmoid(try score(after, tweet)))
      func formula(failures: Double) -> Double {
        -log(1 + failures / (n * (1 - p))) + Double(term.bonus) * sqrt(log(11)) * (1 / sqrt(n + 10) - 1 / sqrt(n))
      }
      let own = try Double(after.banditTerm(of: tweet))
      // The score of the first user's prior was rounded to 1/256.
      #expect(abs(own - formula(failures: 10 * sigmoid(try score(a, tweet)) / p)) < 0.01)
      #expect(abs(own - formula(failures: 10)) > 0.02)
      expectSums(after)
    }
    let last = try #require(shown)
    let logged = try #require(try rankings(in: folder)[last.requestID])
    #expect(logged.items.count == 50 && logged.features.count == 50)
    for (i, item) in logged.items.enumerated() {
      let before = try last.scores[i] - last.banditTerm(of: item.tweetID)
      #expect(abs(Float(logged.features[i]) / 256 - before) < 1 / 256)
    }
  }

  @Test("linucb learns from what some were shown how to rank all, at once, and still knows after a restart")
  func contextual() throws {
    let world = try TestWorld.shared()
    let folder = try TemporaryFolder()
    let policy = BanditPolicy(.linUCB(ContextualTerm()), epsilon: 0)
    let tweets = Array(world.tweets.prefix(60))
    let rank = Call.rank(1, user: world.users[1], Array(world.tweets.suffix(100)), explains: true)
    var (shown, after): (Answer?, Answer?)
    try withServer(policy: policy, state: folder.path, now: .model) { server in
      let client = try server.connect()
      let before = try client.ask(rank)
      for tweet in before.tweets { #expect(try before.banditTerm(of: tweet) == 0) }
      let answer = try client.ask(.rank(2, user: world.users[0], tweets, explains: true))
      shown = answer
      let seen = Array(answer.tweets.prefix(30))
      let reply = try client.ask(
        .record(
          3, seen + seen.prefix(5), types: seen.map { _ in 1 } + [3, 3, 3, 3, 3], request: answer.requestID,
          user: world.users[0]))
      #expect(reply.recorded == 35 && reply.unmatched == 0)
      // None of these was shown to anybody.
      let learned = try client.ask(rank)
      after = learned
      for tweet in learned.tweets { #expect(try learned.banditTerm(of: tweet) != 0) }
      expectSums(learned)
      // Feedback that names no ranking teaches it nothing.
      _ = try client.ask(.record(4, Array(repeating: tweets[0], count: 40)))
      #expect(try client.ask(rank).scores == learned.scores)
    }
    try withServer(workers: 2, policy: policy, state: folder.path, now: .model) { server in
      #expect(server.server.startupNotes.isEmpty, "the snapshot is used")
      let again = try server.connect().ask(rank)
      #expect(again.tweets == after?.tweets && again.scores == after?.scores)
    }
    // Without the snapshot it is learned from the log, as it is where another policy ranked in between.
    #expect(unlink(folder.path + "/snapshot") == 0)
    try withServer(state: folder.path, now: .model) { server in _ = try server.connect().ask(rank) }
    try withServer(policy: policy, state: folder.path, now: .model) { server in
      let again = try server.connect().ask(rank)
      #expect(again.scores == after?.scores)
    }
    let logged = try #require(try rankings(in: folder)[shown?.requestID ?? 0])
    #expect(logged.features.count == 50 * 8 && logged.features[0] == 256)
  }

  @Test("policies that look at nothing log nothing", arguments: [BanditPolicy.Rule.off, .ucb(BoundTerm())])
  func nothingLogged(_ rule: BanditPolicy.Rule) throws {
    let world = try TestWorld.shared()
    let folder = try TemporaryFolder()
    try withServer(policy: BanditPolicy(rule, epsilon: 0), state: folder.path) { server in
      let client = try server.connect()
      let answer = try client.ask(.rank(1, user: world.users[0], Array(world.tweets.prefix(9))))
      _ = try client.ask(
        .record(2, [answer.tweets[0]], types: [3], request: answer.requestID, user: world.users[0]))
    }
    #expect(try rankings(in: folder).values.map(\.features) == [[]])
  }
}
