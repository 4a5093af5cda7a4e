import ApusClient
import Testing

/// How calls end when the server refuses, is silent, or goes.
@Suite struct FailureTests {
  @Test("a refusal carries code, reason, message, advice to wait and whether anything was executed")
  func refusal() throws {
    let server = FakeServer { peer, _ in
      guard let call = peer.readCall() else { return }
      peer.reply(to: call.number(1)) {
        $0.message(2) {
          $0.varint(1, 8)
          $0.string(2, "64 calls wait already")
          $0.varint(3, 10)
          $0.varint(5, 25)
        }
      }
      guard let next = peer.readCall() else { return }
      peer.reply(to: next.number(1)) { $0.message(2) { $0.varint(1, 99) } }
      peer.waitForEnd()
    }
    let client = try #require(TestClient(server))
    client.rank { status, reply in
      #expect(status == APUS_RESOURCE_EXHAUSTED && reply.status == status && reply.reason == APUS_REASON_QUEUE_FULL)
      #expect(reply.text == "64 calls wait already" && reply.retry_after_ms == 25 && !reply.executed)
      #expect(reply.ranking == nil)
    }
    #expect(client.rank() == APUS_UNKNOWN, "a code from the future")
    #expect(client.isOpen)
  }

  @Test("silence ends at the deadline, and the late reply is dropped")
  func silence() throws {
    let server = FakeServer { peer, _ in
      guard let late = peer.readCall(), let next = peer.readCall() else { return }
      peer.reply(to: late.number(1)) { $0.ranking([1]) }
      peer.reply(to: next.number(1)) { $0.ranking([2]) }
      peer.waitForEnd()
    }
    let client = try #require(TestClient(server))
    let clock = ContinuousClock()
    let waited = clock.measure {
      client.rank(deadlineMillis: 120) { status, reply in
        #expect(status == APUS_ERR_TIMEOUT && reply.call_id == 1 && reply.executed, "it may have been executed")
      }
    }
    #expect(waited >= .milliseconds(120), "\(waited)")
    client.rank { status, reply in
      #expect(status == APUS_OK && reply.call_id == 2)
      #expect(reply.ranking?.pointee.tweet_ids[0] == 2)
    }
  }

  @Test("a deadline of 0 has passed before anything is sent")
  func noTime() throws {
    let server = FakeServer { peer, _ in
      guard let call = peer.readCall() else { return }
      peer.reply(to: call.number(1)) { $0.ranking([call.number(1)]) }
      peer.waitForEnd()
    }
    let client = try #require(TestClient(server))
    client.rank(deadlineMillis: 0) { status, reply in #expect(status == APUS_ERR_TIMEOUT && !reply.executed) }
    client.rank { _, reply in #expect(reply.ranking?.pointee.tweet_ids[0] == 1, "the first call was not sent") }
  }

  @Test("a call that a stalled server never began to read is taken back")
  func stall() throws {
    let server = FakeServer { peer, number in if number == 0 { peer.pause(millis: 1500) } }
    let client = try #require(TestClient(server))
    let many = [UInt64](repeating: 1, count: 2_000_000)
    // The first fills the kernel's buffers and hangs in the middle; nothing of the second can leave.
    client.rank(many, deadlineMillis: 100) { status, reply in #expect(status == APUS_ERR_TIMEOUT && reply.executed) }
    client.rank(many, deadlineMillis: 100) { status, reply in #expect(status == APUS_ERR_TIMEOUT && !reply.executed) }
  }

  @Test("64 unanswered calls close the client")
  func abandoned() throws {
    let server = FakeServer { peer, _ in peer.waitForEnd() }
    let client = try #require(TestClient(server))
    for _ in 0..<63 { #expect(client.rank([1], deadlineMillis: 1) == APUS_ERR_TIMEOUT) }
    #expect(client.isOpen)
    client.rank([1], deadlineMillis: 1)
    #expect(!client.isOpen)
    client.rank { status, reply in
      #expect(status == APUS_ERR_CLOSED && reply.text.contains("64 calls unanswered") && !reply.executed)
    }
  }

  @Test("a server that closes before or in the middle of a reply breaks the connection", arguments: [0, 1, 3, 4, 9])
  func close(bytes: Int) throws {
    let server = FakeServer { peer, _ in
      guard let call = peer.readCall() else { return }
      peer.write(Array(FakePeer.frame(FakePeer.reply(to: call.number(1)) { $0.ranking([1]) }).prefix(bytes)))
    }
    let client = try #require(TestClient(server))
    client.rank { status, reply in
      #expect(status == APUS_ERR_CONNECTION && reply.executed)
      #expect(reply.text.contains(bytes == 0 ? "closed the connection" : "\(bytes) bytes into a reply"))
    }
    #expect(client.rank() == APUS_ERR_CLOSED)
    #expect(apus_fd(client.client) == -1)
  }

  @Test("no server, no port, no address: each is said in words")
  func connecting() {
    var server: FakeServer? = FakeServer { _, _ in }
    let gone = server?.address ?? ""
    server = nil
    let cases: [(String, apus_status, String)] = [
      (gone, APUS_ERR_CONNECTION, gone), ("127.0.0.1", APUS_ERR_USAGE, "127.0.0.1"), ("", APUS_ERR_USAGE, "host:port"),
      ("127.0.0.1:0", APUS_ERR_USAGE, ":0"), ("127.0.0.1:65536", APUS_ERR_USAGE, "65536"),
      ("127.0.0.1:7411x", APUS_ERR_USAGE, "7411x"), (":7411", APUS_ERR_USAGE, ":7411"),
      ("::1:7411", APUS_ERR_USAGE, "::1:7411"), ("[]:1", APUS_ERR_USAGE, "[]:1"),
      ("no.such.host.invalid:1", APUS_ERR_CONNECTION, "no.such.host.invalid"),
    ]
    for (address, status, part) in cases {
      var client: OpaquePointer?
      var error = apus_error()
      #expect(apus_connect(address, 2000, &client, &error) == status, "\(address)")
      let message = withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      #expect(error.status == status && message.contains(part), "\(message)")
      #expect(client == nil)
    }
    apus_close(nil)
    apus_reply_free(nil)
  }

  @Test("a missing column is the caller's mistake and sends nothing")
  func usage() throws {
    let server = FakeServer { peer, _ in peer.waitForEnd() }
    let connection = try #require(TestClient(server))
    defer { withExtendedLifetime(connection) {} }
    let client = connection.client
    var reply = apus_reply()
    var rank = apus_rank_request()
    rank.tweet_count = 1
    #expect(apus_rank(client, &rank, 100, &reply) == APUS_ERR_USAGE && reply.text == "tweet_ids is NULL")
    apus_reply_free(&reply)
    #expect(apus_record(client, nil, 1, 100, &reply) == APUS_ERR_USAGE)
    apus_reply_free(&reply)
    #expect(apus_set_trace_parent(client, "x", 257) == APUS_ERR_USAGE)
    #expect(apus_is_open(client) && !apus_wants_write(client))
    apus_reply_free(&reply)  // a second time is harmless
  }
}
