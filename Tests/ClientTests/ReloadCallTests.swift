import ApusClient
import Testing

/// What apus_reload sends, and what of the reply it hands out.
@Suite struct ReloadCallTests {
  @Test("a reload names a file, nothing or the model before; what is served comes back, or why it is not")
  func reloads() throws {
    let server = FakeServer { peer, _ in
      while let call = peer.readCall(), let request = call.messages(23).first {
        guard request.number(2) == 1 || request.data(1) == Array("next".utf8) else {
          peer.reply(to: call.number(1)) {
            $0.message(2) {
              $0.varint(1, 9)
              $0.string(2, "no model")
              $0.varint(3, 20)
            }
          }
          continue
        }
        peer.reply(to: call.number(1)) {
          $0.message(23) {
            $0.string(1, request.number(2) == 1 ? "old" : "new")
            $0.string(2, request.number(2) == 1 ? "new" : "old")
          }
        }
      }
    }
    let connection = try #require(TestClient(server))
    defer { withExtendedLifetime(connection) {} }
    let client = connection.client
    var reply = apus_reply()
    #expect(apus_reload(client, "next", false, 5000, &reply) == APUS_OK)
    #expect(String(cString: try #require(reply.reloaded).pointee.model_version) == "new")
    apus_reply_free(&reply)
    #expect(apus_reload(client, nil, true, 5000, &reply) == APUS_OK)
    #expect(String(cString: try #require(reply.reloaded).pointee.model_version) == "old")
    #expect(String(cString: try #require(reply.reloaded).pointee.previous_version) == "new")
    apus_reply_free(&reply)
    #expect(apus_reload(client, nil, false, 5000, &reply) == APUS_FAILED_PRECONDITION)
    #expect(reply.reason == APUS_REASON_MODEL_REFUSED && String(cString: reply.message) == "no model")
    #expect(reply.reloaded == nil)
    apus_reply_free(&reply)
    #expect(String(cString: apus_strreason(APUS_REASON_RELOADING)) == "RELOADING")
    #expect(String(cString: apus_strreason(apus_reason(rawValue: 19))) == "unknown reason")
  }
}
