import ServerSupport
import Testing

@Suite("Many calls at once, over real sockets")
struct WirePipelineTests {
  @Test("64 calls in flight, and then a thousand that must wait for their turn, are each answered once")
  func everyPipelinedCallIsAnsweredOnce() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let client = try RawClient(port: server.port)
      guard case .description(let about) = try client.ask(.describe(1)).result else { throw TestFailure("no limits") }
      for count in [about.callsInFlight, about.callsInFlight + 1, 1_000] {
        var stream: [UInt8] = []
        for id in 1...UInt64(count) {
          stream += CallMessage.rank(id, user: sample.users[Int(id) % 100], sample.candidates(3)).frame
        }
        try client.send(stream)
        var answered: Set<UInt64> = []
        for _ in 0..<count {
          let reply = try client.readReply()
          #expect(answered.insert(reply.id).inserted && reply.code == .ok, "\(reply)")
        }
        #expect(answered.count == count && answered.max() == UInt64(count))
      }
      // Nothing is left over.
      #expect(try client.ask(.describe(5)).id == 5)
    }
  }

  @Test("calls of half a mebibyte, more than fit in flight, are each answered once")
  func largePipelinedCallsAreAnsweredOnce() throws {
    try withServer { server in
      let client = try RawClient(port: server.port)
      #expect(try client.ask(.describe(1)).code == .ok)
      let resident = server.residentBytes
      var padding = MessageWriter()
      padding.payload(100, [UInt8](repeating: 7, count: 500 << 10))
      // The replies are small, so that nothing hinders the client to write on.
      for id in UInt64(1)...200 {
        try client.send(Frame.of(CallMessage(id, budgetMillis: 1_000, .describe).payload + padding.bytes))
      }
      var answered: Set<UInt64> = []
      for _ in 0..<200 { answered.insert(try client.readReply().id) }
      #expect(answered == Set(1...200))
      #expect(server.residentBytes - resident < (Executables.areSanitized ? 96 : 24) << 20)
    }
  }

  @Test("two hundred connections with twenty calls each: every call is answered once, on its own connection")
  func concurrentConnectionsAreAnsweredOnce() throws {
    let sample = try SampleModel.shared()
    try withServer(["--workers", "2"]) { server in
      let clients = try (0..<200).map { _ in try RawClient(port: server.port) }
      for (number, client) in clients.enumerated() {
        var stream: [UInt8] = []
        for call in UInt64(1)...20 {
          let id = UInt64(number) * 1_000 + call
          stream += CallMessage.rank(id, user: sample.users[number % 100], sample.candidates(2)).frame
        }
        try client.send(stream)
      }
      for (number, client) in clients.enumerated() {
        let replies = try (0..<20).map { _ in try client.readReply() }
        #expect(replies.map(\.id).sorted() == (1...20).map { UInt64(number) * 1_000 + $0 })
        // A machine that is busy enough cannot answer 4,000 calls in time.
        #expect(replies.allSatisfy { [.ok, .deadlineExceeded, .resourceExhausted].contains($0.code) })
        client.halfClose()
        #expect(try client.readToEnd().replies.isEmpty)
      }
    }
  }

  @Test("a candidate's score does not depend on the other candidates of its call")
  func scoresAreIndependentOfTheOtherCandidates() throws {
    let sample = try SampleModel.shared()
    try withServer(["--epsilon", "0"]) { server in
      let client = try RawClient(port: server.port)
      var dice = Dice(3)
      for round in 0..<20 {
        let user = round % 5 == 4 ? 123_456_789 : sample.users[round]
        var all = RankMessage(user: user, tweets: sample.candidates(300) + [990_001, 990_002])
        all.newTweets = [.init(tweet: 990_003, text: Array("a new tweet".utf8))]
        let whole = try client.ask(CallMessage(1, budgetMillis: 1_000, .rank(all))).ranking.scoreByTweet
        #expect(whole.count == 303)
        var part = all
        part.tweets = Array(all.tweets.shuffled(using: &dice).prefix(1 + dice.below(40)))
        if round % 2 == 0 { part.newTweets = [] }
        let answer = try client.ask(CallMessage(2, budgetMillis: 1_000, .rank(part))).ranking
        for (tweet, score) in zip(answer.tweets, answer.scores) {
          #expect(whole[tweet]?.bitPattern == score.bitPattern, "tweet \(tweet)")
        }
      }
    }
  }

  @Test("the contributions of an explained ranking add up to its scores, bit for bit")
  func contributionsAddUpToTheScore() throws {
    let sample = try SampleModel.shared()
    try withServer(["--epsilon", "0.5"]) { server in
      let client = try RawClient(port: server.port)
      // Feedback, so that the last column is not all zero.
      let liked = sample.candidates(50)
      let events = EventsMessage(users: liked.map { _ in sample.users[0] }, tweets: liked, types: liked.map { _ in 3 })
      #expect(try client.ask(CallMessage(1, budgetMillis: 1_000, .record(events))).code == .ok)
      var dice = Dice(8)
      var moved = 0
      for round in 0..<20 {
        var rank = RankMessage(user: round % 5 == 4 ? 5 : sample.users[round], tweets: sample.candidates(200) + [99])
        rank.callerScores = rank.tweets.map { _ in Float(dice.below(2_000)) / 100 - 10 }
        rank.newTweets = [.init(tweet: 1, text: Array("something else".utf8), callerScore: 3)]
        rank.explains = true
        let answer = try client.ask(CallMessage(2, budgetMillis: 1_000, .rank(rank))).ranking
        let width = answer.signals.count
        #expect(answer.signals.last == "bandit" && width > 2)
        #expect(answer.contributions.count == 202 * width && answer.values.count == 202 * width)
        for (row, score) in answer.scores.enumerated() {
          let parts = answer.contributions[row * width..<(row + 1) * width]
          let sum = parts.dropFirst().reduce(parts[row * width]) { $0 + $1 }
          #expect(sum.bitPattern == score.bitPattern, "row \(row): \(Array(parts))")
          if parts.last != 0 { moved += 1 }
        }
        #expect(answer.propensities.allSatisfy { $0 > 0 && $0 <= 1 })
      }
      #expect(moved >= 20 * 50)
    }
  }
}
