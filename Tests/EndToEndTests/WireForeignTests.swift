import ServerSupport
import Testing

/// What clients of twenty other protocols say first, and a few more.
private let greetings: [(String, [UInt8])] = [
  ("HTTP/1.1", Array("GET /rank?user=1 HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)),
  ("HTTP POST", Array("POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n".utf8)),
  ("HTTP/2", Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)),
  ("TLS", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, 0x5A, 0x5B, 0x5C]),
  ("SSH", Array("SSH-2.0-OpenSSH_9.2p1 Debian\r\n".utf8)),
  ("Redis", Array("*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\n".utf8)),
  ("AMQP", Array("AMQP".utf8) + [0x00, 0x00, 0x09, 0x01]),
  ("MQTT", [0x10, 0x0E, 0x00, 0x04, 0x4D, 0x51, 0x54, 0x54, 0x04, 0x02, 0x00, 0x3C]),
  ("PROXY", Array("PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n".utf8)),
  ("SOCKS 5", [0x05, 0x02, 0x00, 0x02]),
  ("SOCKS 4", [0x04, 0x01, 0x00, 0x50, 0x7F, 0x00, 0x00, 0x01, 0x00]),
  ("RDP", [0x03, 0x00, 0x00, 0x13, 0x0E, 0xE0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01]),
  ("BitTorrent", [0x13] + Array("BitTorrent protocol".utf8)),
  ("LDAP", [0x30, 0x0C, 0x02, 0x01, 0x01, 0x60, 0x07, 0x02, 0x01, 0x03]),
  ("Cassandra", [0x04, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00]),
  ("Sun RPC", [0x80, 0x00, 0x00, 0x28, 0x12, 0x34, 0x56, 0x78, 0x00, 0x00, 0x00, 0x00]),
  ("PostgreSQL", [0x00, 0x00, 0x00, 0x29, 0x00, 0x03, 0x00, 0x00] + Array("user".utf8)),
  ("PostgreSQL TLS", [0x00, 0x00, 0x00, 0x08, 0x04, 0xD2, 0x16, 0x2F]),
  ("SMB", [0x00, 0x00, 0x00, 0x85, 0xFF, 0x53, 0x4D, 0x42, 0x72, 0x00]),
  ("Kafka", [0x00, 0x00, 0x00, 0x23, 0x00, 0x12, 0x00, 0x03, 0x00, 0x00, 0x00, 0x01]),
  ("ZooKeeper", [0x00, 0x00, 0x00, 0x2D, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00]),
  ("Thrift", [0x00, 0x00, 0x00, 0x1C, 0x80, 0x01, 0x00, 0x01, 0x00, 0x00]),
  ("SMTP", Array("EHLO example.org\r\n".utf8)),
  ("memcached", Array("version\r\n".utf8)),
  ("JSON", Array("{\"jsonrpc\":\"2.0\",\"method\":\"rank\"}".utf8)),
]

/// The first bytes that compressors make.
private let compressed: [(String, [UInt8])] = [
  ("gzip", [0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xE3, 0x60, 0x6D, 0x62, 0xE4, 0xE4]),
  ("zlib", [0x78, 0x9C, 0xE3, 0x60, 0x6D, 0x62, 0xE4, 0xE4, 0xF4, 0x65, 0x80, 0x00, 0x0E, 0x3C, 0x3C, 0x00]),
  ("zstd", [0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x58, 0x71, 0x00, 0x00, 0x08, 0x05, 0x82, 0x01, 0x09, 0x09, 0x4D]),
  ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 0x00, 0x04, 0xE6, 0xD6, 0xB4, 0x46, 0x02, 0x00, 0x21, 0x01]),
  ("lz4", [0x04, 0x22, 0x4D, 0x18, 0x64, 0x40, 0xA7, 0x0E, 0x00, 0x00, 0x80, 0x08, 0x05, 0x82, 0x01, 0x09]),
]

@Suite("Bytes that are not calls, over real sockets")
struct WireForeignTests {
  @Test("the first bytes of other protocols get a goodbye that names the fault, and no echo")
  func F04_otherProtocolsAreToldAndClosed() throws {
    try withServer { server in
      for (name, greeting) in greetings {
        let client = try RawClient(port: server.port)
        try client.send(greeting)
        guard case .success(let payload) = try client.readFrame(seconds: 2) else {
          Issue.record("\(name): no goodbye")
          continue
        }
        let goodbye = try ReplyMessage(payload)
        #expect(goodbye.goAwayLastCallID == 0, "\(name): \(goodbye)")
        #expect(goodbye.reason == .protocolMismatch && goodbye.code == .invalidArgument, "\(name): \(goodbye)")
        #expect(!contains(payload, greeting.prefix(8)), "\(name): its bytes came back")
        #expect(try client.readToEnd(seconds: 2).replies.isEmpty, "\(name)")
      }
    }
  }

  private func contains(_ bytes: [UInt8], _ part: ArraySlice<UInt8>) -> Bool {
    bytes.indices.contains { bytes[$0...].starts(with: part) }
  }

  @Test("six hundred connections of random bytes: every one ends, and the server serves on")
  func F16_randomStreamsEndAndTheServerServesOn() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      var dice = Dice(16)
      let good = CallMessage.rank(7, user: sample.users[3], sample.candidates(10)).frame
      let resident = server.residentBytes
      for round in 0..<600 {
        let client = try RawClient(port: server.port)
        // A third are noise from the first byte; a third begin well; a third are frames full of noise.
        var stream = round % 3 == 0 ? [] : good
        if round % 3 == 2 {
          for _ in 0..<dice.below(20) { stream += Frame.of(dice.bytes(dice.below(200))) }
        }
        stream += dice.bytes(1 + dice.below(2_000))
        try? client.send(stream)
        client.halfClose()
        let replies = try client.readToEnd().replies
        // Whatever the noise was, the call before it was whole, unless the goodbye overtook it.
        if round % 3 != 0 { #expect(replies.contains { $0.id == 7 || $0.goAwayLastCallID != nil }, "round \(round)") }
        for reply in replies where reply.id != 7 && reply.code == .ok {
          Issue.record("round \(round): noise was executed: \(reply)")
        }
      }
      #expect(server.residentBytes - resident < (Executables.areSanitized ? 96 : 24) << 20)
    }
  }

  @Test("a single flipped byte anywhere in a stream of calls breaks nothing beyond its connection")
  func F16_flippedBytesInGoodStreams() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      var dice = Dice(61)
      let calls = (1...4).map { CallMessage.rank(UInt64($0), user: sample.users[4], sample.candidates(8)) }
      let stream = calls.flatMap(\.frame)
      for _ in 0..<200 {
        var damaged = stream
        damaged[dice.below(stream.count)] ^= UInt8(1 + dice.below(255))
        let client = try RawClient(port: server.port)
        try? client.send(damaged)
        client.halfClose()
        _ = try client.readToEnd()
      }
    }
  }

  @Test("compressed payloads are refused as garbage, and the connection is kept")
  func F18_compressedPayloadsAreRefused() throws {
    try withServer { server in
      let client = try RawClient(port: server.port)
      #expect(try client.ask(.describe(1)).code == .ok)
      for (name, payload) in compressed {
        try client.send(Frame.of(payload))
        let reply = try client.readReply()
        #expect(reply.code == .invalidArgument && !reply.isExecuted, "\(name): \(reply)")
        #expect(try client.ask(.describe(2)).code == .ok, "\(name)")
      }
    }
  }
}
