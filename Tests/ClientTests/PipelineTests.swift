import ApusClient
import Testing

/// Many calls in flight on one connection.
@Suite struct PipelineTests {
  @Test("replies are taken in the order in which they come")
  func anyOrder() throws {
    let server = FakeServer { peer, _ in
      let calls = (0..<64).compactMap { _ in peer.readCall() }
      for call in calls.reversed() {
        let ids = call.messages(16).first?.ids(2) ?? []
        peer.reply(to: call.number(1)) { $0.ranking(ids) }
      }
      peer.waitForEnd()
    }
    let client = try #require(TestClient(server))
    for id: UInt64 in 1...64 { #expect(client.sendRank([id * 10]) == id) }
    #expect(apus_calls_in_flight(client.client) == 64 && apus_wants_write(client.client))
    client.rank { status, reply in #expect(status == APUS_ERR_USAGE, "\(reply.text)") }
    #expect(apus_flush(client.client, 5000) == APUS_OK)
    for id in (UInt64(1)...64).reversed() {
      client.receive { reply in
        #expect(reply.call_id == id && reply.ranking?.pointee.tweet_ids[0] == id * 10)
      }
    }
    #expect(apus_calls_in_flight(client.client) == 0)
    #expect(client.receive(timeoutMillis: 0) == APUS_ERR_TIMEOUT)
  }

  @Test("receiving writes what is queued, and much more than the kernel holds gets through both ways")
  func volume() throws {
    let server = FakeServer { peer, _ in
      while let call = peer.readCall() {
        let ids = call.messages(16).first?.ids(2) ?? []
        peer.reply(to: call.number(1)) { $0.ranking(ids) }
      }
    }
    let client = try #require(TestClient(server))
    let ids = Array(UInt64(1)...20_000)
    for id: UInt64 in 1...40 { #expect(client.sendRank(ids) == id) }
    for id: UInt64 in 1...40 {
      let status = client.receive { #expect($0.call_id == id && $0.ranking?.pointee.count == 20_000) }
      #expect(status == APUS_OK)
    }
    #expect(!apus_wants_write(client.client))
  }

  @Test("an end of the connection ends every call in flight")
  func end() throws {
    let server = FakeServer { peer, _ in _ = peer.readCall() }
    let client = try #require(TestClient(server))
    for _ in 0..<3 { #expect(client.sendRank([1]) != nil) }
    #expect(apus_flush(client.client, 5000) == APUS_OK)
    let end = client.receive { #expect($0.executed) }
    #expect(end == APUS_ERR_CONNECTION)
    #expect(client.receive() == APUS_ERR_CLOSED)
    #expect(apus_flush(client.client, 0) == APUS_ERR_CLOSED)
    #expect(client.sendRank() == nil)
    #expect(apus_calls_in_flight(client.client) == 0)
  }

  @Test("a reply outlives its client")
  func outlives() throws {
    let server = FakeServer { peer, _ in
      guard let call = peer.readCall() else { return }
      peer.reply(to: call.number(1)) { $0.ranking([42]) }
      peer.waitForEnd()
    }
    var reply = apus_reply()
    do {
      let client = try #require(TestClient(server))
      #expect(client.sendRank() == 1)
      #expect(apus_receive(client.client, 5000, &reply) == APUS_OK)
    }
    #expect(reply.ranking?.pointee.tweet_ids[0] == 42)
    apus_reply_free(&reply)
  }
}
