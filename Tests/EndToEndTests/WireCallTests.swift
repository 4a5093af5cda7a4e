import ServerSupport
import Testing

@Suite("Bad and odd calls, over real sockets")
struct WireCallTests {
  @Test("a call without a method, or with a later version's, is UNIMPLEMENTED and the connection is kept")
  func F14_missingAndUnknownMethods() throws {
    try withServer { server in
      let client = try RawClient(port: server.port)
      expectRefusal(try client.ask(CallMessage(1, .none)), id: 1, .unimplemented)
      for field in [UInt64(27), 30, 100, 536_870_911] {
        var call = MessageWriter()
        call.varint(1, field)
        call.payload(field, [0x08, 0x01])
        try client.send(Frame.of(call.bytes))
        let reply = try client.readReply()
        expectRefusal(reply, id: field, .unimplemented)
        #expect(reply.message.contains("\(field)"))
      }
      #expect(try client.ask(.describe(9)).code == .ok)
    }
  }

  @Test("the second call of an id in flight is refused, the first is answered as ever")
  func F15_aDuplicateIDIsRefusedAndTheFirstUnaffected() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let client = try RawClient(port: server.port)
      let first = CallMessage.rank(5, user: sample.users[0], sample.candidates(200))
      // In one segment, so that the second is read while the first waits.
      try client.send(first.frame + CallMessage.describe(5).frame + CallMessage.describe(6).frame)
      let replies = try (0..<3).map { _ in try client.readReply() }
      let fives = replies.filter { $0.id == 5 }
      let refused = try #require(fives.first { $0.code != .ok })
      expectRefusal(refused, id: 5, .invalidArgument, .callID)
      #expect(refused.message.contains("5"))
      let answered = try #require(fives.first { $0.code == .ok })
      #expect(try answered.ranking.tweets.count == 200)
      #expect(replies.contains { $0.id == 6 && $0.code == .ok })
      // Once it is answered, the id is free again.
      #expect(try client.ask(.describe(5)).code == .ok)
    }
  }

  @Test("a Reply sent to the server, and a call with id 0, are refused and the connection is kept")
  func F17_repliesAndCallsWithoutAnIDAreRefused() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let client = try RawClient(port: server.port)
      for call in [CallMessage.describe(1), .rank(2, user: sample.users[0], sample.candidates(3)), .init(3, .none)] {
        try client.send(call)
        let reply = try client.readFrame().get()
        try client.send(Frame.of(reply))
        let refusal = try client.readReply()
        #expect(refusal.code == .invalidArgument && refusal.reason == .malformed, "\(refusal)")
        #expect(refusal.message.contains("Reply"))
      }
      expectRefusal(try client.ask(.describe(0)), id: 0, .invalidArgument, .callID)
      expectRefusal(try client.ask(.rank(0, user: 1, [1])), id: 0, .invalidArgument, .callID)
      #expect(try client.ask(.describe(4)).code == .ok)
    }
  }

  @Test("calls cut anywhere are refused or harmless, and the connection is kept")
  func F22_truncatedCallsAreRefusedAndTheConnectionKept() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let whole = CallMessage.rank(3, user: sample.users[0], sample.candidates(4)).payload
      for start in stride(from: 0, to: whole.count, by: 15) {
        // Fewer on one connection than a client may get wrong in ten seconds.
        let client = try RawClient(port: server.port)
        #expect(try client.ask(.describe(1)).code == .ok)
        for length in start..<min(start + 15, whole.count) {
          try client.send(Frame.of(Array(whole[..<length])))
          let reply = try client.readReply()
          #expect(reply.code == .invalidArgument || reply.code == .unimplemented, "cut at \(length): \(reply)")
          #expect(length < 2 ? reply.id == 0 : reply.id == 3, "cut at \(length): \(reply)")
        }
        #expect(try client.ask(.describe(2)).code == .ok)
      }
    }
  }

  @Test("the hundredth bad message within ten seconds ends the connection")
  func F22_aHundredBadMessagesEndTheConnection() throws {
    try withServer { server in
      let client = try RawClient(port: server.port)
      #expect(try client.ask(.describe(1)).code == .ok)
      var dice = Dice(22)
      for _ in 0..<1_000 { try? client.send(Frame.of([0x0F] + dice.bytes(20))) }
      let (before, goodbye) = try expectGoodbye(client, .tooManyErrors)
      // Those that were in flight with the hundredth are answered too.
      #expect((100...100 + 64).contains(before.count), "\(before.count)")
      #expect(before.allSatisfy { $0.code == .invalidArgument && $0.reason == .malformed })
      #expect(goodbye.message.contains("100") && goodbye.goAwayLastCallID == 1)
    }
  }

  @Test("no candidates is an empty ranking; one over the cap is refused with both numbers; the cap is answered")
  func F26_noneTheCapAndOneMore() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let client = try RawClient(port: server.port)
      let empty = try client.ask(.rank(1, user: sample.users[0], [])).ranking
      #expect(empty.tweets.isEmpty && empty.scores.isEmpty)
      guard case .description(let about) = try client.ask(.describe(2)).result else { throw TestFailure("no limits") }
      let cap = about.candidatesPerCall
      let many = (0...UInt64(cap)).map { $0 &+ 1_000 }
      let refused = try client.ask(.rank(3, user: sample.users[0], many))
      expectRefusal(refused, id: 3, .invalidArgument)
      #expect(refused.message.contains("\(cap + 1)") && refused.message.contains("\(cap)"))
      let full = try client.ask(.rank(4, user: sample.users[0], Array(many.dropLast()))).ranking
      #expect(full.tweets.sorted() == many.dropLast())
      // The cap is on both kinds of candidates together.
      var mixed = RankMessage(user: 1, tweets: Array(many.dropLast()))
      mixed.newTweets = [.init(tweet: 5)]
      expectRefusal(try client.ask(CallMessage(5, .rank(mixed))), id: 5, .invalidArgument)
    }
  }

  @Test("repeated candidates are ranked once, and the reply counts the others")
  func F26_duplicatesAreRankedOnce() throws {
    let sample = try SampleModel.shared()
    try withServer(["--epsilon", "0"]) { server in
      let client = try RawClient(port: server.port)
      let once = sample.candidates(40)
      let plain = try client.ask(.rank(1, user: sample.users[0], once)).ranking
      let doubled = try client.ask(.rank(2, user: sample.users[0], once + once.reversed() + once)).ranking
      #expect(plain.duplicatesRemoved == 0 && doubled.duplicatesRemoved == 80)
      #expect(doubled.tweets == plain.tweets && doubled.scores == plain.scores)
      var fresh = RankMessage(user: sample.users[0], tweets: once)
      fresh.newTweets = [.init(tweet: once[3], text: Array("again".utf8)), .init(tweet: 8), .init(tweet: 8)]
      let mixed = try client.ask(CallMessage(3, .rank(fresh))).ranking
      #expect(mixed.duplicatesRemoved == 2 && mixed.tweets.count == 41)
    }
  }

  @Test("columns of another length than their sibling are refused by name")
  func unevenColumnsAreRefused() throws {
    try withServer { server in
      let client = try RawClient(port: server.port)
      var rank = RankMessage(user: 1, tweets: [1, 2, 3])
      rank.authors = [1, 2]
      let first = try client.ask(CallMessage(1, .rank(rank)))
      expectRefusal(first, id: 1, .invalidArgument)
      #expect(first.message.contains("author_ids"))
      let events = EventsMessage(users: [1, 2], tweets: [1], types: [1, 1])
      let second = try client.ask(CallMessage(2, .record(events)))
      expectRefusal(second, id: 2, .invalidArgument)
      #expect(second.message.contains("tweet_ids"))
    }
  }

  @Test("enum values of later versions pass as the default")
  func F31_unknownEnumValues() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let client = try RawClient(port: server.port)
      for value in [UInt32(3), 99, 0x7FFF_FFFF] {
        var call = CallMessage.rank(1, user: sample.users[0], sample.candidates(5))
        call.criticality = value
        #expect(try client.ask(call).ranking.tweets.count == 5)
        let top = try client.ask(CallMessage(2, .top(order: value, limit: 5, includesText: false)))
        guard case .top(let tweets, _, _) = top.result else { throw TestFailure("\(top)") }
        #expect(top.code == .ok && tweets.count == 5)
        let event = EventsMessage(users: [sample.users[0]], tweets: [sample.tweets[0]], types: [value])
        let recorded = try client.ask(CallMessage(3, .record(event)))
        guard case .recorded(let answer) = recorded.result else { throw TestFailure("\(recorded)") }
        #expect(answer.recorded == 1 && recorded.isExecuted)
      }
    }
  }

  @Test("an unknown method is UNIMPLEMENTED between calls that are answered")
  func F31_unknownMethodsDisturbNoOtherCall() throws {
    try withServer { server in
      let client = try RawClient(port: server.port)
      var unknown = MessageWriter()
      unknown.varint(1, 2)
      unknown.payload(26, [])
      try client.send(CallMessage.describe(1).frame + Frame.of(unknown.bytes) + CallMessage.describe(3).frame)
      var codes: [UInt64: Code] = [:]
      for _ in 0..<3 {
        let reply = try client.readReply()
        codes[reply.id] = reply.code
      }
      #expect(codes == [1: .ok, 2: .unimplemented, 3: .ok])
    }
  }
}
