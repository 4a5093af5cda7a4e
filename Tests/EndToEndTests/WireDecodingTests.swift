import ServerSupport
import Testing

/// Payloads made to blow up the decoder: each fills a frame of up to a mebibyte.
private let amplifiers: [(String, [UInt8])] = {
  func filled(_ unit: [UInt8], _ bytes: Int = (1 << 20) - 64) -> [UInt8] {
    var all: [UInt8] = []
    all.reserveCapacity(bytes)
    while all.count + unit.count <= bytes { all += unit }
    return all
  }
  func call(_ fill: (inout MessageWriter) -> Void) -> [UInt8] {
    MessageWriter.make {
      $0.varint(1, 9)
      fill(&$0)
    }
  }
  return [
    ("empty new tweets", call { $0.payload(16, filled([0x2A, 0x00])) }),
    ("unknown varints in a request", call { $0.payload(16, filled([0x78, 0x00])) }),
    ("unknown varints in a tweet", call { $0.payload(16, MessageWriter.make { $0.payload(5, filled([0x78, 0])) }) }),
    ("unknown varints in a call", call { $0.raw(filled([0x78, 0x00])) }),
    ("empty unknown payloads", call { $0.raw(filled([0x7A, 0x00])) }),
    ("empty methods", call { $0.raw(filled([0x82, 0x01, 0x00])) }),
    ("empty columns", call { $0.payload(16, filled([0x12, 0x00])) }),
    ("event types of one byte", call { $0.payload(20, MessageWriter.make { $0.payload(3, filled([0x01])) }) }),
    ("quarter of a mebibyte of unknown varints", call { $0.raw(filled([0x78, 0x00], 256 << 10)) }),
    ("a column of one-byte ids", call { $0.payload(16, MessageWriter.make { $0.payload(2, filled([0x01])) }) }),
    ("a trace context of a mebibyte", call { $0.payload(4, filled([0x41])) }),
  ]
}()

@Suite("Calls made to exhaust the decoder, over real sockets")
struct WireDecodingTests {
  @Test("amplifying payloads are refused within bounded memory and time, and the connection is kept")
  func F23_amplificationIsBounded() throws {
    try withServer { server in
      let client = try RawClient(port: server.port)
      #expect(try client.ask(.describe(1)).code == .ok)
      let (resident, processor) = (server.residentBytes, server.processorSeconds)
      var budgets = 0
      for _ in 0..<5 {
        for (name, payload) in amplifiers {
          try client.send(Frame.of(payload))
          let reply = try client.readReply()
          #expect(reply.id == 9 && reply.code != .ok && !reply.isExecuted, "\(name): \(reply)")
          if reply.reason == .decodeBudget {
            #expect(reply.code == .resourceExhausted, "\(name)")
            budgets += 1
          } else {
            #expect(reply.code == .invalidArgument || reply.code == .unimplemented, "\(name): \(reply)")
          }
        }
        #expect(try client.ask(.describe(2)).code == .ok)
      }
      #expect(budgets >= 8 * 5)
      #expect(server.residentBytes - resident < (Executables.areSanitized ? 96 : 24) << 20)
      // 55 calls; even at 20 ms each, of which a release build needs one, this is generous.
      #expect(server.processorSeconds - processor < 1.5 * Executables.patience)
    }
  }

  @Test("a sub-message repeated all over a frame is refused or answered, in time that does not square")
  func F24_mergeBombsAreBounded() throws {
    try withServer { server in
      let client = try RawClient(port: server.port)
      #expect(try client.ask(.describe(1)).code == .ok)
      let resident = server.residentBytes
      for kibibytes in [64, 256, 1_023] {
        for ids in [4, 64, 1_000] {
          let column = MessageWriter.make { $0.payload(2, [UInt8](repeating: 3, count: ids * 8)) }
          let once = MessageWriter.make { $0.payload(16, column) }
          var call = MessageWriter()
          call.varint(1, 9)
          for _ in 0..<max(1, (kibibytes << 10) / once.count) { call.raw(once) }
          let processor = server.processorSeconds
          try client.send(Frame.of(call.bytes))
          let reply = try client.readReply()
          #expect(reply.id == 9, "\(reply)")
          #expect(reply.code == .ok || reply.reason == .decodeBudget, "\(kibibytes) KiB of \(ids) ids: \(reply)")
          #expect(server.processorSeconds - processor < 0.2 * Executables.patience)
        }
      }
      // What a worker keeps for large calls is touched here for the first time.
      #expect(server.residentBytes - resident < (Executables.areSanitized ? 96 : 32) << 20)
      #expect(try client.ask(.describe(2)).code == .ok)
    }
  }

  @Test("fields nested ten thousand deep are skipped or refused, on the stack that there is")
  func F25_deepNestingIsHarmless() throws {
    try withServer { server in
      let client = try RawClient(port: server.port)
      #expect(try client.ask(.describe(1)).code == .ok)
      for field in [UInt64(100), 16, 5] {
        var nested: [UInt8] = []
        for _ in 0..<10_000 {
          nested =
            MessageWriter.make {
              $0.raw(varint: field << 3 | 2)
              $0.raw(varint: UInt64(nested.count))
            } + nested
        }
        try client.send(Frame.of(CallMessage.describe(7).payload + nested))
        let top = try client.readReply()
        #expect(top.id == 7, "\(top)")
        let inside = MessageWriter.make {
          $0.varint(1, 8)
          $0.payload(16, nested)
        }
        try client.send(Frame.of(inside))
        let reply = try client.readReply()
        #expect(reply.id == 8, "\(reply)")
      }
      // Groups, which protobuf has given up, end the message.
      try client.send(Frame.of(CallMessage.describe(4).payload + [UInt8](repeating: 0xA3, count: 100_000)))
      #expect(try client.readReply().reason == .malformed)
      #expect(try client.ask(.describe(2)).code == .ok)
    }
  }
}
