import ApusClient
import Testing

/// Bytes that no server of ours sends: each ends the connection with a reason, and none harms the client.
@Suite struct HostileServerTests {
  /// Answers the first call with `bytes` and expects the ranking to fail as a protocol error.
  private func expectProtocolError(_ bytes: [UInt8], _ part: String, at location: SourceLocation = #_sourceLocation)
    throws
  {
    let server = FakeServer { peer, _ in
      _ = peer.readCall()
      peer.write(bytes)
      peer.waitForEnd()
    }
    let client = try #require(TestClient(server))
    client.rank { status, reply in
      #expect(status == APUS_ERR_PROTOCOL, sourceLocation: location)
      #expect(reply.text.contains(part), "\(reply.text)", sourceLocation: location)
      #expect(reply.ranking == nil && reply.call_id == 1, sourceLocation: location)
    }
    #expect(!client.isOpen && client.rank() == APUS_ERR_CLOSED, sourceLocation: location)
  }

  private func expectProtocolError(
    in fill: (inout ProtoWriter) -> Void, _ part: String, at location: SourceLocation = #_sourceLocation
  ) throws {
    try expectProtocolError(FakePeer.frame(FakePeer.reply(to: 1, fill)), part, at: location)
  }

  @Test("a length over the limit is refused before any of it is awaited")
  func oversize() throws {
    try expectProtocolError([0xFF, 0xFF, 0xFF, 0xFF], "4294967295 bytes is over the limit of 8388608")
    try expectProtocolError([0x00, 0x80, 0x00, 0x01], "8388609 bytes")
    try expectProtocolError(Array("HTTP/1.1 400 Bad Request\r\n".utf8), "over the limit")
  }

  @Test("a reply as long as the limit is accepted, one byte more is not")
  func limit() throws {
    let server = FakeServer { peer, _ in
      while let call = peer.readCall() { peer.reply(to: call.number(1)) { $0.ranking(Array(1...100)) } }
    }
    let length = FakePeer.reply(to: 1) { $0.ranking(Array(1...100)) }.count
    let client = try #require(TestClient(server))
    apus_set_reply_limit(client.client, UInt32(length))
    #expect(client.rank() == APUS_OK)
    apus_set_reply_limit(client.client, UInt32(length - 1))
    #expect(client.rank() == APUS_ERR_PROTOCOL)
  }

  @Test("garbage, an empty frame and a reply to nobody are no replies")
  func garbage() throws {
    try expectProtocolError(FakePeer.frame([0xFF, 0x00, 0x13, 0x37]), "does not hold a reply")
    try expectProtocolError([0, 0, 0, 0], "a reply to no call")
    try expectProtocolError(FakePeer.frame(FakePeer.reply(to: 2) { $0.ranking([1]) }), "call 2, which is not in flight")
    let refusal = FakePeer.reply(to: 0) { $0.message(2) { $0.varint(1, 3) } }
    try expectProtocolError(FakePeer.frame(refusal), "a reply to no call: INVALID_ARGUMENT")
  }

  @Test("a reply to another method, or to none, is refused")
  func otherMethod() throws {
    try expectProtocolError(in: { $0.message(21) { _ in } }, "another method (field 21, not 16)")
    try expectProtocolError(in: { _ in }, "another method (field 0, not 16)")
  }

  @Test("columns that are not parallel are refused")
  func columns() throws {
    func ranking(_ fill: @escaping (inout ProtoWriter) -> Void) -> (inout ProtoWriter) -> Void {
      {
        $0.message(16) {
          $0.ids(2, [1, 2])
          $0.floats(3, [1, 2])
          fill(&$0)
        }
      }
    }
    try expectProtocolError(in: ranking { $0.floats(3, [3]) }, "\"scores\"")
    try expectProtocolError(in: ranking { $0.floats(4, [1]) }, "\"propensities\"")
    try expectProtocolError(in: ranking { $0.varints(5, [0, 0, 0]) }, "\"familiarity\"")
    try expectProtocolError(in: ranking { $0.string(7, "one") }, "\"texts\"")
    try expectProtocolError(
      in: ranking {
        $0.message(6) {
          $0.string(1, "svd")
          $0.floats(2, [1])
        }
      }, "\"contributions\"")
    try expectProtocolError(
      in: ranking {
        $0.message(6) {
          $0.string(1, "svd")
          $0.floats(2, [1, 2])
          $0.floats(3, [1])
        }
      }, "\"values\"")
  }

  @Test("a list whose columns are not parallel is refused")
  func listColumns() throws {
    for (field, name) in [(3, "texts"), (5, "names")] {
      let server = FakeServer { peer, _ in
        guard let call = peer.readCall() else { return }
        peer.reply(to: call.number(1)) {
          $0.message(19) {
            $0.ids(1, [1, 2])
            $0.doubles(2, [1, 2])
            $0.string(field, "one")
          }
        }
        peer.waitForEnd()
      }
      let client = try #require(TestClient(server))
      var request = apus_top_request()
      var reply = apus_reply()
      #expect(apus_top(client.client, &request, 5000, &reply) == APUS_ERR_PROTOCOL)
      #expect(reply.text.contains("\"\(name)\"") && reply.tweets == nil, "\(reply.text)")
      apus_reply_free(&reply)
    }
  }

  @Test("a reply made to blow up the decoder meets the memory budget")
  func bombs() throws {
    // Each repetition of a singular message copies all that came before it.
    let columns = ProtoWriter { $0.floats(2, [Float](repeating: 1, count: 4000)) }.bytes
    var quadratic = ProtoWriter { $0.varint(1, 1) }
    quadratic.message(16) { for _ in 0..<400 { $0.data(6, columns) } }
    var empties = ProtoWriter { $0.varint(1, 1) }
    empties.message(21) { for _ in 0..<500_000 { $0.data(9, []) } }
    for bomb in [quadratic.bytes, empties.bytes] {
      try expectProtocolError(FakePeer.frame(bomb), "bytes of memory")
    }
  }

  @Test("mutated replies never harm the client")
  func mutations() throws {
    let seeds = FakePeer.reply(to: 1) {
      $0.message(2) { $0.string(2, "ok") }
      $0.message(16) {
        $0.ids(2, [7, 8])
        $0.floats(3, [1.5, -2])
        $0.varints(5, [0, 2])
        $0.message(6) {
          $0.string(1, "svd")
          $0.floats(2, [1.5, -2])
        }
        $0.string(7, "first")
        $0.string(7, "second")
        $0.message(12) { $0.string(2, "text") }
      }
    }
    let server = FakeServer { peer, number in
      var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
      func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
      }
      var bytes = seeds
      for _ in 0...random(4) {
        switch random(3) {
        case 0: bytes[random(bytes.count)] = UInt8(random(256))
        case 1: bytes.remove(at: random(bytes.count))
        default: bytes.insert(contentsOf: bytes.prefix(random(bytes.count)), at: random(bytes.count))
        }
      }
      _ = peer.readCall()
      peer.writeFrame(bytes)
    }
    var outcomes: Set<UInt32> = []
    for _ in 0..<400 {
      let client = try #require(TestClient(server))
      client.rank(deadlineMillis: 2000) { status, reply in
        outcomes.insert(status.rawValue)
        guard let ranking = reply.ranking?.pointee else { return }
        // Every byte that is handed out can be read.
        for row in 0..<ranking.count {
          _ = ranking.tweet_ids[row] &+ UInt64(ranking.scores[row].bitPattern)
          if ranking.texts != nil, ranking.texts[row].length > 0 { _ = ranking.texts[row].bytes[0] }
        }
        for cell in 0..<ranking.count * ranking.signal_count { _ = ranking.contributions[cell] }
      }
    }
    #expect(outcomes.contains(APUS_OK.rawValue) && outcomes.contains(APUS_ERR_PROTOCOL.rawValue))
  }
}
