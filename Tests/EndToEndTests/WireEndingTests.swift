import ServerSupport
import Glibc
import Testing

@Suite("Ways in which a connection ends, over real sockets")
struct WireEndingTests {
  @Test("a client that half-closes after its calls gets every reply, and then the close")
  func F10_everythingIsAnsweredAfterAHalfClose() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      for count in [1, 10, 64, 300] {
        let client = try RawClient(port: server.port)
        var stream: [UInt8] = []
        for id in 1...UInt64(count) {
          stream += CallMessage.rank(id, user: sample.users[0], sample.candidates(4)).frame
        }
        try client.send(stream)
        client.halfClose()
        let (replies, ending) = try client.readToEnd()
        #expect(ending == .closed)
        #expect(replies.map(\.id).sorted() == Array(1...UInt64(count)))
        #expect(replies.allSatisfy { $0.code == .ok })
      }
    }
  }

  @Test("a half-close in the middle of a frame: what came before it is answered, then the close")
  func F10_aHalfCloseWithinAFrame() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let frame = CallMessage.rank(2, user: sample.users[0], sample.candidates(4)).frame
      for cut in [1, 3, 4, 5, frame.count - 1] {
        let client = try RawClient(port: server.port)
        try client.send(CallMessage.describe(1).frame + frame[..<cut])
        client.halfClose()
        let (replies, ending) = try client.readToEnd(seconds: 5)
        #expect(replies.map(\.id) == [1] && ending == .closed, "cut at \(cut)")
      }
      // And a client that says nothing at all.
      let silent = try RawClient(port: server.port)
      silent.halfClose()
      #expect(try silent.readToEnd(seconds: 2).replies.isEmpty)
    }
  }

  @Test("a large reply reaches a client that has half-closed and reads slowly")
  func F10_aSlowReaderAfterAHalfCloseGetsAll() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let client = try RawClient(port: server.port, receiveBufferBytes: 4_096)
      var rank = RankMessage(user: sample.users[0], tweets: sample.tweets)
      rank.explains = true
      rank.includesText = true
      for id in UInt64(1)...5 { try client.send(CallMessage(id, budgetMillis: 1_000, .rank(rank))) }
      client.halfClose()
      usleep(300_000)
      let (replies, ending) = try client.readToEnd()
      #expect(replies.map(\.id).sorted() == [1, 2, 3, 4, 5] && ending == .closed)
    }
  }

  @Test("a frame that stops half-way ends the connection within its time, however it trickles")
  func F06_aFrameThatDoesNotCompleteEndsTheConnection() throws {
    try withServer { server in
      let frame = CallMessage.describe(2).frame
      let silent = try RawClient(port: server.port)
      let trickling = try RawClient(port: server.port)
      for client in [silent, trickling] { #expect(try client.ask(.describe(1)).code == .ok) }
      let start = ContinuousClock.now
      try silent.send(Array(frame.prefix(5)))
      // A byte now and then does not buy more time.
      var trickle = CallMessage.describe(3).frame[...]
      trickle = Frame.prefix(1_000) + trickle
      while !trickling.isGone, ContinuousClock.now - start < .seconds(2.5), let byte = trickle.popFirst() {
        try? trickling.send([byte])
        usleep(150_000)
      }
      for client in [silent, trickling] {
        let (before, goodbye) = try expectGoodbye(client, .slowFrame, seconds: 3)
        #expect(before.isEmpty && goodbye.goAwayLastCallID == 1 && goodbye.code == .deadlineExceeded)
      }
      let took = (ContinuousClock.now - start) / .seconds(1)
      #expect(took > 1.9, "the time of a frame")
    }
  }

  @Test("a connection that never completes a first frame is closed in about three seconds")
  func F07_aConnectionWithoutAFirstFrameIsClosed() throws {
    try withServer { server in
      let start = ContinuousClock.now
      let client = try RawClient(port: server.port)
      let goodbye = try expectGoodbye(client, .slowFrame, seconds: 6).goodbye
      let took = (ContinuousClock.now - start) / .seconds(1)
      #expect(took > 2.8, "the time of a first frame")
      #expect(goodbye.goAwayLastCallID == 0)
    }
  }

  @Test("a client that never reads costs bounded memory, disturbs no other client, and is cut off")
  func F08_aClientThatNeverReadsIsCutOff() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      try expectToServe(server)
      var rank = RankMessage(user: sample.users[0], tweets: sample.tweets)
      rank.includesText = true
      // Thousands of calls, as far as the server and the kernel take them.
      let frames = (1...UInt64(2_000)).map { CallMessage($0, budgetMillis: 1_000, .rank(rank)).frame }
      let stream = frames.flatMap { $0 }
      let client = try RawClient(port: server.port, receiveBufferBytes: 4_096)
      let resident = server.residentBytes
      let start = ContinuousClock.now
      var sent = 0
      var peak = 0
      var othersServed = 0
      while !client.isGone, ContinuousClock.now - start < .seconds(20 * Executables.patience) {
        if sent < stream.count, let count = client.sendWithoutWaiting(stream[sent...].prefix(1 << 20)) { sent += count }
        peak = max(peak, server.residentBytes)
        try expectToServe(server)
        othersServed += 1
        usleep(20_000)
      }
      let took = (ContinuousClock.now - start) / .seconds(1)
      #expect(client.isGone, "still there after \(took) s")
      #expect(took > 4.5, "the time of a write")
      #expect(othersServed > 20)
      // Replies up to the hard limit, and what the first rankings of a server touch.
      #expect(peak - resident < (Executables.areSanitized ? 64 : 16) << 20, "\((peak - resident) >> 10) KiB")
    }
  }

  @Test("large calls whose replies are not read are held back in the kernel, not in the server's memory")
  func F08_largeCallsOfAClientThatNeverReads() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      try expectToServe(server)
      var rank = RankMessage(user: sample.users[0], tweets: sample.tweets)
      rank.includesText = true
      rank.explains = true
      let padding = MessageWriter.make { $0.payload(100, [UInt8](repeating: 7, count: 900 << 10)) }
      let frame = Frame.of(CallMessage(1, budgetMillis: 1_000, .rank(rank)).payload + padding)
      let resident = server.residentBytes
      var peak = 0
      let client = try RawClient(port: server.port, receiveBufferBytes: 4_096)
      let start = ContinuousClock.now
      var rest: ArraySlice<UInt8> = []
      var id = UInt64(0)
      while !client.isGone, ContinuousClock.now - start < .seconds(3) {
        if rest.isEmpty {
          id += 1
          // Equally long ids, so that the frame's length stays.
          rest = frame[...]
          rest[rest.startIndex + 5] = UInt8(1 + id % 127)
        }
        guard let count = client.sendWithoutWaiting(rest) else { break }
        rest = rest.dropFirst(count)
        if count == 0 { usleep(5_000) }
        peak = max(peak, server.residentBytes)
      }
      #expect(id > 3)
      #expect(
        peak - resident < (Executables.areSanitized ? 64 : 24) << 20, "\((peak - resident) >> 10) KiB, \(id) calls")
    }
  }

  @Test("resets before, in and after calls leave nothing behind")
  func F11_resetsInTheMiddleOfEverything() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      var rank = RankMessage(user: sample.users[0], tweets: sample.candidates(300))
      rank.explains = true
      let frame = CallMessage(1, .rank(rank)).frame
      let event = EventsMessage(users: [1], tweets: [2], types: [1])
      let record = CallMessage(2, .record(event)).frame
      var dice = Dice(11)
      for round in 0..<400 {
        let client = try RawClient(port: server.port)
        switch round % 4 {
        case 0: try client.send(frame + frame.prefix(dice.below(frame.count)))
        case 1: try client.send(record + frame + record)
        case 2: try client.send(Array(frame.prefix(dice.below(frame.count))))
        default: break
        }
        if dice.below(2) == 0 { usleep(UInt32(dice.below(3_000))) }
        client.reset()
      }
      let other = try RawClient(port: server.port)
      guard case .description(let about) = try other.ask(.describe(1)).result else { throw TestFailure("no answer") }
      #expect(about.callsAnswered > 0)
    }
  }
}
