import ApusClient
import Testing

/// The server's GOAWAY.
@Suite struct GoodbyeTests {
  private static func goodbye(lastID: UInt64) -> [UInt8] {
    FakePeer.reply(to: 0) {
      $0.message(2) {
        $0.varint(1, 14)
        $0.string(2, "going down")
        $0.varint(3, 6)
      }
      $0.message(31) { $0.varint(1, lastID) }
    }
  }

  @Test("a call that the server did not take up ends UNAVAILABLE with the reason, and the client is closed")
  func notTakenUp() throws {
    let server = FakeServer { peer, _ in
      _ = peer.readCall()
      peer.writeFrame(Self.goodbye(lastID: 0))
      peer.waitForEnd()
    }
    let client = try #require(TestClient(server))
    client.rank { status, reply in
      #expect(status == APUS_UNAVAILABLE && reply.reason == APUS_REASON_DRAINING && reply.text == "going down")
      #expect(reply.call_id == 1 && !reply.executed)
    }
    #expect(!client.isOpen)
    client.rank { status, reply in
      #expect(status == APUS_ERR_CLOSED && reply.reason == APUS_REASON_DRAINING && !reply.executed)
      #expect(reply.text.contains("goodbye: DRAINING, going down"))
    }
  }

  @Test("a call that the server took up is still answered")
  func takenUp() throws {
    let server = FakeServer { peer, _ in
      _ = peer.readCall()
      peer.writeFrame(Self.goodbye(lastID: 1))
      peer.pause(millis: 30)
      peer.reply(to: 1) { $0.ranking([5]) }
      peer.waitForEnd()
    }
    let client = try #require(TestClient(server))
    client.rank { status, reply in #expect(status == APUS_OK && reply.ranking?.pointee.tweet_ids[0] == 5) }
    #expect(client.rank() == APUS_ERR_CLOSED)
  }

  @Test("a goodbye that breaks its promise ends UNAVAILABLE and may have been executed")
  func brokenPromise() throws {
    let server = FakeServer { peer, _ in
      _ = peer.readCall()
      peer.writeFrame(Self.goodbye(lastID: 1))
    }
    try #require(TestClient(server)).rank { status, reply in
      #expect(status == APUS_UNAVAILABLE && reply.reason == APUS_REASON_DRAINING && reply.executed)
    }
  }

  @Test("calls in flight are split by the last one taken up")
  func inFlight() throws {
    let server = FakeServer { peer, _ in
      for _ in 0..<3 { _ = peer.readCall() }
      peer.writeFrame(Self.goodbye(lastID: 2))
      peer.reply(to: 2) { $0.ranking([2]) }
      peer.reply(to: 1) { $0.ranking([1]) }
      peer.waitForEnd()
    }
    let client = try #require(TestClient(server))
    for id: UInt64 in 1...3 { #expect(client.sendRank() == id) }
    #expect(apus_flush(client.client, 5000) == APUS_OK)
    let notice = client.receive { reply in
      #expect(reply.call_id == 0 && reply.last_call_id == 2 && reply.reason == APUS_REASON_DRAINING)
    }
    #expect(notice == APUS_UNAVAILABLE)
    #expect(apus_calls_in_flight(client.client) == 2)
    #expect(client.sendRank() == nil, "no new call after a goodbye")
    for id: UInt64 in [2, 1] { client.receive { #expect($0.call_id == id && $0.status == APUS_OK) } }
    #expect(client.receive() == APUS_ERR_CLOSED)
  }

  @Test("a second goodbye is no protocol")
  func twice() throws {
    let server = FakeServer { peer, _ in
      _ = peer.readCall()
      for _ in 0..<2 { peer.writeFrame(Self.goodbye(lastID: 1)) }
      peer.waitForEnd()
    }
    #expect(try #require(TestClient(server)).rank() == APUS_ERR_PROTOCOL)
  }
}
