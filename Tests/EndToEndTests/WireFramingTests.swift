import ServerSupport
import Glibc
import Testing

@Suite("Frames, over real sockets")
struct WireFramingTests {
  @Test("a length of 0xFFFFFFFF is refused before any memory is taken for it")
  func F01_theLargestLengthIsRefusedBeforeAnyAllocation() throws {
    try withServer { server in
      _ = try RawClient(port: server.port).ask(.describe(1))
      let (resident, virtual) = (server.residentBytes, server.peakVirtualBytes)
      for _ in 0..<50 {
        let client = try RawClient(port: server.port)
        try client.send([0xFF, 0xFF, 0xFF, 0xFF])
        let (before, goodbye) = try expectGoodbye(client, .frameTooLarge, seconds: 2)
        #expect(before.isEmpty && goodbye.goAwayLastCallID == 0)
        #expect(goodbye.message.contains("4294967295"))
      }
      // One such allocation would take 4 GiB of address space, touched or not.
      #expect(server.peakVirtualBytes - virtual < 256 << 20)
      #expect(server.residentBytes - resident < (Executables.areSanitized ? 32 : 4) << 20)
    }
  }

  @Test("a frame as long as the limit is a call, one byte more ends the connection")
  func F02_theCapIsAcceptedAndOneMoreIsNot() throws {
    try withServer { server in
      let client = try RawClient(port: server.port)
      guard case .description(let about) = try client.ask(.describe(1)).result else {
        throw TestFailure("no description")
      }
      let cap = about.frameBytes
      try client.send(Frame.of(padded(to: cap)))
      let reply = try client.readReply()
      #expect(reply.id == 5 && reply.code == .ok, "\(reply)")

      try client.send(Frame.prefix(UInt32(cap + 1)))
      let goodbye = try expectGoodbye(client, .frameTooLarge).goodbye
      #expect(goodbye.goAwayLastCallID == 5 && goodbye.code == .resourceExhausted)
      #expect(goodbye.message.contains("\(cap + 1)") && goodbye.message.contains("\(cap)"))
    }
  }

  /// A Describe call of exactly this length, by a field that the server does not know.
  private func padded(to length: Int) -> [UInt8] {
    let start = CallMessage.describe(5).payload
    // The field's tag takes two bytes and its length three.
    var rest = MessageWriter()
    rest.payload(100, [UInt8](repeating: 7, count: length - start.count - 5))
    return start + rest.bytes
  }

  @Test("an empty frame is a bad call, and the connection is kept")
  func F03_anEmptyFrameIsRefusedAndTheConnectionKept() throws {
    try withServer { server in
      let client = try RawClient(port: server.port)
      for id in UInt64(1)...5 {
        try client.send(Frame.of([]))
        expectRefusal(try client.readReply(), id: 0, .invalidArgument, .callID)
        #expect(try client.ask(.describe(id)).code == .ok)
      }
    }
  }

  @Test("a million empty frames end the connection and cost the server next to nothing")
  func F03_aFloodOfEmptyFramesEndsTheConnection() throws {
    try withServer { server in
      _ = try RawClient(port: server.port).ask(.describe(1))
      let processor = server.processorSeconds
      let client = try RawClient(port: server.port)
      let flood = [UInt8](repeating: 0, count: 1 << 16)
      // The server closes long before the end, and then sending fails.
      for _ in 0..<62 where (try? client.send(flood)) == nil { break }
      let (before, goodbye) = try expectGoodbye(client, .tooManyErrors)
      #expect(before.count < 16 && before.allSatisfy { $0.code == .invalidArgument })
      #expect(goodbye.message.contains("empty"))
      #expect(server.processorSeconds - processor < 1 * Executables.patience)
    }
  }

  @Test("a Rank frame in two pieces, wherever it is cut, gets the answer of the whole")
  func F05_everySplitOfAFrameGetsTheSameAnswer() throws {
    let sample = try SampleModel.shared()
    try withServer(["--epsilon", "0"]) { server in
      let client = try RawClient(port: server.port)
      var message = RankMessage(user: sample.users[0], tweets: sample.candidates(30))
      message.newTweets = [.init(tweet: 77, text: Array("a text that is new here".utf8), callerScore: 1)]
      message.explains = true
      let whole = try client.ask(CallMessage(1, .rank(message))).ranking.withoutRequestID
      let frame = CallMessage(2, .rank(message)).frame
      var dice = Dice(5)
      let cuts = Array(1...64) + (0..<40).map { _ in 65 + dice.below(frame.count - 65) }
      for cut in cuts {
        try client.send(Array(frame[..<cut]))
        // Long enough for the server to read the piece on its own.
        usleep(2_000)
        try client.send(Array(frame[cut...]))
        #expect(try client.readReply().ranking.withoutRequestID == whole, "cut at \(cut)")
      }
    }
  }

  @Test("a frame byte by byte, and its header in every two pieces, gets the answer of the whole")
  func F05_aFrameByteByByteGetsTheSameAnswer() throws {
    let sample = try SampleModel.shared()
    try withServer(["--epsilon", "0"]) { server in
      let client = try RawClient(port: server.port)
      let call = CallMessage.rank(3, user: sample.users[2], sample.candidates(5))
      let whole = try client.ask(call).ranking.withoutRequestID
      for byte in call.frame {
        try client.send([byte])
        usleep(500)
      }
      #expect(try client.readReply().ranking.withoutRequestID == whole)
    }
  }

  @Test("several frames in one stream, cut at random, are answered as if each came alone")
  func F05_pipelinedFramesInRandomPieces() throws {
    let sample = try SampleModel.shared()
    try withServer(["--epsilon", "0"]) { server in
      let client = try RawClient(port: server.port)
      var dice = Dice(55)
      let calls = (0..<12).map { (index: Int) -> CallMessage in
        let candidates = sample.tweets.dropFirst(index * 7).prefix(index * 2 + 5)
        return .rank(UInt64(index + 1), user: sample.users[index], Array(candidates))
      }
      let alone = try calls.map { try client.ask($0).ranking.withoutRequestID }
      let stream = calls.flatMap(\.frame)
      for _ in 0..<20 {
        var start = 0
        while start < stream.count {
          let end = min(stream.count, start + 1 + dice.below(dice.below(4) == 0 ? 900 : 40))
          try client.send(Array(stream[start..<end]))
          if dice.below(3) == 0 { usleep(300) }
          start = end
        }
        var answers: [UInt64: RankAnswer] = [:]
        for _ in calls {
          let reply = try client.readReply()
          #expect(answers.updateValue(try reply.ranking.withoutRequestID, forKey: reply.id) == nil)
        }
        for (call, answer) in zip(calls, alone) { #expect(answers[call.id] == answer) }
      }
    }
  }
}
