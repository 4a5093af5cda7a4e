import ServerSupport
import Testing

@Suite("Odd values in calls, over real sockets")
struct WireValueTests {
  static let oddScores: [Float] = [
    .nan, .signalingNaN, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1e38, -1e38,
    .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 0, -0.0, 1, -1, Float(bitPattern: 0xFFFF_FFFF),
  ]

  @Test("whatever the caller's scores are, the ranking is a permutation with finite scores in order")
  func F27_callerScoresThatAreNotFiniteAreReplaced() throws {
    let sample = try SampleModel.shared()
    try withServer(["--epsilon", "0"]) { server in
      let client = try RawClient(port: server.port)
      var dice = Dice(27)
      for round in 0..<30 {
        var rank = RankMessage(user: sample.users[round], tweets: sample.tweets.shuffled(using: &dice).dropLast(900))
        rank.callerScores = rank.tweets.map { _ in Self.oddScores[dice.below(Self.oddScores.count)] }
        rank.newTweets = (0..<20).map { index in
          let score = Self.oddScores[dice.below(Self.oddScores.count)]
          return .init(tweet: UInt64(index), text: Array("words of a tweet".utf8), callerScore: score)
        }
        rank.explains = true
        let answer = try client.ask(CallMessage(1, budgetMillis: 1_000, .rank(rank))).ranking
        #expect(answer.tweets.sorted() == (rank.tweets + rank.newTweets.map(\.tweet)).sorted())
        #expect(answer.scores.allSatisfy { $0.isFinite } && answer.contributions.allSatisfy { $0.isFinite })
        #expect(answer.values.allSatisfy { $0.isFinite })
        #expect(zip(answer.scores, answer.scores.dropFirst()).allSatisfy { $0 >= $1 })
        let odd = (rank.callerScores + rank.newTweets.map(\.callerScore)).count { !$0.isFinite }
        #expect(answer.valuesReplaced == UInt32(odd))
      }
    }
  }

  @Test("a budget of 0 is over at once and nothing is executed")
  func F28_aBudgetOfZeroIsOver() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let client = try RawClient(port: server.port)
      let rank = CallMessage(1, budgetMillis: 0, .rank(RankMessage(user: 1, tweets: sample.candidates(5))))
      expectRefusal(try client.ask(rank), id: 1, .deadlineExceeded)
      let event = EventsMessage(users: [1], tweets: [2], types: [3])
      expectRefusal(try client.ask(CallMessage(2, budgetMillis: 0, .record(event))), id: 2, .deadlineExceeded)
      #expect(try recordedEvents(client) == 0)
    }
  }

  private func recordedEvents(_ client: RawClient) throws -> UInt64 {
    guard case .description(let about) = try client.ask(.describe(90)).result else { throw TestFailure("no answer") }
    return about.eventsRecorded
  }

  @Test("other budgets are clamped: the largest are answered, the smallest are raised to what can be kept")
  func F28_budgetsAreClamped() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let client = try RawClient(port: server.port)
      for budget in [UInt32(1), 1_000, 1 << 31, .max] {
        let call = CallMessage(1, budgetMillis: budget, .describe)
        #expect(try client.ask(call).code == .ok, "budget \(budget)")
      }
      // Two calls of which the first keeps the server busy: the second's budget, were it 2^31 ms, could not end.
      let busy = CallMessage(1, budgetMillis: 1 << 31, .rank(RankMessage(user: sample.users[0], tweets: sample.tweets)))
      #expect(try client.ask(busy).ranking.tweets.count == 1_000)
    }
  }

  @Test("timestamps before 1970, in the far future and at the ends of the range are recorded, and survive a restart")
  func F28_oddTimestampsAreRecorded() throws {
    let sample = try SampleModel.shared()
    let folder = try TemporaryFolder()
    let stamps: [Int64] = [.min, -1, 0, 1, 1_700_000_000, 4_102_444_800, 1 << 62, .max]
    let server = try ServerProcess(stateFolder: folder.file("state"))
    let client = try RawClient(port: server.port)
    var events = EventsMessage()
    events.users = stamps.map { _ in sample.users[0] }
    events.tweets = Array(sample.candidates(stamps.count))
    events.types = stamps.map { _ in 3 }
    events.timestamps = stamps
    events.requests = stamps.map { UInt64(bitPattern: $0) }
    let reply = try client.ask(CallMessage(1, budgetMillis: 1_000, .record(events)))
    guard case .recorded(let answer) = reply.result else { throw TestFailure("\(reply)") }
    #expect(answer.recorded == 8 && reply.isExecuted)
    #expect(try server.stop() == 0)
    let second = try ServerProcess(stateFolder: folder.file("state"))
    #expect(try recordedEvents(RawClient(port: second.port)) == 8)
    try expectToServe(second)
    #expect(try second.stop() == 0)
  }

  /// Texts that break naive readers of UTF-8.
  static let texts: [(String, [UInt8])] = [
    ("nothing", []),
    ("NUL in the middle", Array("one\u{0}two\u{0}three".utf8)),
    ("NUL alone", [0]),
    ("lone continuation bytes", [0x80, 0xBF, 0x80]),
    ("a sequence cut short", Array("word ".utf8) + [0xF0, 0x9F, 0x98]),
    ("a lone surrogate", [0xED, 0xA0, 0x80]),
    ("an overlong slash", [0xC0, 0xAF]),
    ("over the last scalar", [0xF4, 0x90, 0x80, 0x80]),
    ("every byte value", (0...255).map { UInt8($0) }),
    ("two thousand combining marks", Array(("e" + String(repeating: "\u{301}", count: 2_000)).utf8)),
    ("right-to-left and joiners", Array("\u{202E}abc \u{200D}\u{200D} \u{FEFF}def".utf8)),
    ("one word of four KiB", [UInt8](repeating: 0x61, count: 4_096)),
    ("capital I with dot above", Array(String(repeating: "\u{130}", count: 2_000).utf8)),
  ]

  @Test("any bytes are a text: NUL, invalid UTF-8, surrogates, thousands of combining marks")
  func F29_anyBytesAreAText() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let client = try RawClient(port: server.port)
      for (name, text) in Self.texts {
        var rank = RankMessage(user: sample.users[0], tweets: sample.candidates(3))
        rank.newTweets = [.init(tweet: 1, text: text)]
        rank.includesText = true
        let answer = try client.ask(CallMessage(1, .rank(rank))).ranking
        #expect(answer.tweets.count == 4 && answer.scores.allSatisfy { $0.isFinite }, "\(name)")
        let similar = try client.ask(CallMessage(2, .similar(tweet: 0, text: text, limit: 5, includesText: true)))
        #expect(similar.code == .ok || (text.isEmpty && similar.code == .notFound), "\(name): \(similar)")
      }
      var dice = Dice(29)
      for _ in 0..<200 {
        var rank = RankMessage(user: sample.users[0])
        rank.newTweets = (0..<5).map { .init(tweet: $0, text: dice.bytes(dice.below(400))) }
        #expect(try client.ask(CallMessage(1, .rank(rank))).ranking.scores.allSatisfy { $0.isFinite })
      }
    }
  }

  @Test("a text over 4 KiB is refused with its length, where it stands")
  func F29_textsOverTheLimitAreRefused() throws {
    try withServer { server in
      let client = try RawClient(port: server.port)
      for length in [4_097, 1_000_000] {
        let text = [UInt8](repeating: 0x78, count: length)
        var rank = RankMessage(user: 1)
        rank.newTweets = [.init(tweet: 1), .init(tweet: 2, text: text)]
        let first = try client.ask(CallMessage(1, .rank(rank)))
        expectRefusal(first, id: 1, .invalidArgument)
        #expect(first.message.contains("\(length)") && first.message.contains("new_tweets[1]"))
        let second = try client.ask(CallMessage(2, .similar(tweet: 0, text: text, limit: 5, includesText: false)))
        expectRefusal(second, id: 2, .invalidArgument)
      }
    }
  }
}
