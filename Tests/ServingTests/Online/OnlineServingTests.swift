import Kernels
import Ranking
import ServerSupport
import Testing

@testable import Serving

/// Users of a running server who engage with whatever a rule says.
private struct Crowd {
  let world: TestWorld
  var generator = SeededGenerator(seed: 21)
  private var nextCall: UInt64 = 1
  /// Who was asked for last.
  private var user: UInt64 = 0

  init() throws { world = try TestWorld.shared() }

  /// Tweets with texts longer than the median: something that the world's own users do not care about.
  func likes(_ tweet: UInt64) -> Bool {
    guard let row = world.tweets.firstIndex(of: tweet) else { return false }
    return world.model.tweets.texts[row].count > medianLength
  }

  private var medianLength: Int {
    let lengths = world.tweets.indices.map { world.model.tweets.texts[$0].count }.sorted()
    return lengths[lengths.count / 2]
  }

  /// Ranks random tweets for a random user.
  mutating func ask(_ client: Client) throws -> Answer {
    var tweets: Set<UInt64> = []
    while tweets.count < 60 { tweets.insert(world.tweets[generator.below(world.tweets.count)]) }
    nextCall += 1
    user = world.users[generator.below(world.users.count)]
    return try client.ask(.rank(nextCall, user: user, tweets.sorted(), explains: true))
  }

  /// Looks at the first twenty and likes what it likes.
  /// Before the model was trained: such events teach, but are no news to the counts that the signals look at.
  static let longAgo: UInt64 = 1_000

  mutating func react(_ client: Client, to answer: Answer) throws {
    let seen = Array(answer.tweets.prefix(20))
    let liked = seen.filter { likes($0) }
    nextCall += 1
    let reply = try client.ask(
      .record(
        nextCall, seen + liked, types: seen.map { _ in 1 } + liked.map { _ in 3 }, request: answer.requestID,
        user: user, time: Self.longAgo))
    #expect(reply.recorded == UInt32(seen.count + liked.count) && reply.unmatched == 0)
  }
}

@Suite("Learning while serving")
struct OnlineServingTests {
  private static let rates = LearningRates(alpha: 0.2, beta: 1, l1: 1, l2: 0)

  /// Scores of all answers, the share of liked tweets in the first ten of the first and last ones, and the steps taken.
  private func run(learning: LearningRates?, rounds: Int = 60) throws -> (
    scores: [[Float]], before: Double, after: Double, updates: UInt64
  ) {
    let server = try RunningServer(
      policy: BanditPolicy(.off, epsilon: 0), learning: learning, now: .model)
    var crowd = try Crowd()
    let client = try server.connect()
    var answers: [Answer] = []
    for _ in 0..<rounds {
      let answer = try crowd.ask(client)
      answers.append(answer)
      try crowd.react(client, to: answer)
    }
    func share(_ answers: some Collection<Answer>) -> Double {
      let shown = answers.flatMap { $0.tweets.prefix(10) }
      return Double(shown.count { crowd.likes($0) }) / Double(shown.count)
    }
    for answer in answers {
      for (row, score) in zip(answer.contributions, answer.scores) {
        #expect(row.dropFirst().reduce(row[0], +) == score)
      }
    }
    let updates = try server.describe().onlineUpdates
    try server.stop()
    return (answers.map(\.scores), share(answers.prefix(10)), share(answers.suffix(20)), updates)
  }

  @Test("what users like is ranked higher after a while, contributions add up, and a run is repeated bit by bit")
  func learns() throws {
    let frozen = try run(learning: nil)
    let learned = try run(learning: Self.rates)
    #expect(frozen.updates == 0 && learned.updates > 500)
    #expect(learned.after > learned.before + 0.2 && learned.after > frozen.after + 0.2, "\(learned) \(frozen)")
    let again = try run(learning: Self.rates)
    #expect(again.scores == learned.scores)
  }

  @Test("until something was learned, answers are those of a server that does not learn, with a column of zeros")
  func nothingLearned() throws {
    var answers: [[Answer]] = []
    for learning in [nil, Self.rates] {
      let server = try RunningServer(learning: learning, now: .model)
      var crowd = try Crowd()
      let client = try server.connect()
      answers.append(try (0..<5).map { _ in try crowd.ask(client) })
      try server.stop()
    }
    for (off, on) in zip(answers[0], answers[1]) {
      #expect(off.tweets == on.tweets && off.scores == on.scores)
      for (plain, row) in zip(off.contributions, on.contributions) {
        // Before the bandit's, which is the last.
        #expect(row[row.count - 2] == 0 && Array(row[..<(row.count - 2)] + row.suffix(1)) == plain)
      }
    }
  }

  @Test("feedback on what nobody was shown is stored and counted, and changes no answer")
  func forged() throws {
    let server = try RunningServer(
      policy: BanditPolicy(.off, epsilon: 0), learning: Self.rates, now: .model)
    let world = try TestWorld.shared()
    let client = try server.connect()
    let tweets = Array(world.tweets.prefix(50))
    let first = try client.ask(.rank(1, user: world.users[0], tweets, explains: true))
    for (call, request) in [(2, 0), (3, first.requestID &+ 1), (4, .max)] as [(UInt64, UInt64)] {
      _ = try client.ask(
        .record(call, tweets, types: tweets.map { _ in 3 }, request: request, user: world.users[0], time: Crowd.longAgo)
      )
    }
    // The fiftieth was in the answer, but not among its first twenty.
    let last = try #require(first.tweets.last)
    _ = try client.ask(
      .record(5, [last], types: [3], request: first.requestID, user: world.users[0], time: Crowd.longAgo))
    let second = try client.ask(.rank(6, user: world.users[0], tweets, explains: true))
    #expect(second.tweets == first.tweets && second.scores == first.scores)
    let description = try server.describe()
    #expect(description.onlineUpdates == 0 && description.onlineUnmatched == 151 && description.eventsRecorded == 151)
    _ = try client.ask(
      .record(7, [first.tweets[0]], types: [3], request: first.requestID, user: world.users[0], time: Crowd.longAgo))
    #expect(try server.describe().onlineUpdates == 1)
    try server.stop()
  }

  @Test("several workers share what one of them was told")
  func workers() throws {
    let server = try RunningServer(
      workers: 2, policy: BanditPolicy(.off, epsilon: 0), learning: Self.rates, now: .model)
    let world = try TestWorld.shared()
    let tweets = Array(world.tweets.prefix(50))
    let (a, b) = (try server.connect(), try server.connect())
    let shown = try a.ask(.rank(1, user: world.users[0], tweets))
    _ = try b.ask(
      .record(
        2, Array(shown.tweets.prefix(20)), types: .init(repeating: 3, count: 20), request: shown.requestID,
        user: world.users[0]))
    let (one, other) = (
      try a.ask(.rank(3, user: world.users[0], tweets)), try b.ask(.rank(3, user: world.users[0], tweets))
    )
    #expect(one.scores == other.scores && one.scores != shown.scores)
    try server.stop()
  }
}
