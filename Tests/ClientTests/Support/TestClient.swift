import ApusClient

/// A connected client that closes itself.
final class TestClient {
  let client: OpaquePointer

  /// Nil where the connection fails.
  init?(_ server: FakeServer) {
    var client: OpaquePointer?
    guard apus_connect(server.address, 5000, &client, nil) == APUS_OK, let client else { return nil }
    self.client = client
  }

  deinit { apus_close(client) }

  var isOpen: Bool { apus_is_open(client) }

  /// Ranks `ids` for user 1 and frees the reply after `body` has looked at it.
  @discardableResult
  func rank(
    _ ids: [UInt64] = [1, 2, 3], deadlineMillis: UInt32 = 5000, _ body: (apus_status, apus_reply) -> Void = { _, _ in }
  ) -> apus_status {
    ids.withUnsafeBufferPointer { ids in
      var request = apus_rank_request()
      request.user_id = 1
      request.tweet_ids = ids.baseAddress
      request.tweet_count = ids.count
      var reply = apus_reply()
      let status = apus_rank(client, &request, deadlineMillis, &reply)
      body(status, reply)
      apus_reply_free(&reply)
      return status
    }
  }

  /// Queues a ranking of `ids` for user 1: the call's id, or nil.
  func sendRank(_ ids: [UInt64] = [1, 2, 3], budgetMillis: UInt32 = 200) -> UInt64? {
    ids.withUnsafeBufferPointer { ids in
      var request = apus_rank_request()
      request.tweet_ids = ids.baseAddress
      request.tweet_count = ids.count
      var id: UInt64 = 0
      return apus_send_rank(client, &request, budgetMillis, &id) == APUS_OK ? id : nil
    }
  }

  /// Receives a reply and frees it after `body` has looked at it.
  @discardableResult
  func receive(timeoutMillis: UInt32 = 5000, _ body: (apus_reply) -> Void = { _ in }) -> apus_status {
    var reply = apus_reply()
    let status = apus_receive(client, timeoutMillis, &reply)
    body(reply)
    apus_reply_free(&reply)
    return status
  }
}

extension apus_reply {
  var text: String { message.map { String(cString: $0) } ?? "(null)" }
}

extension ProtoWriter {
  /// A RankResponse (field 16) of `ids` with falling scores.
  mutating func ranking(_ ids: [UInt64]) {
    message(16) {
      $0.ids(2, ids)
      $0.floats(3, ids.indices.map { -Float($0) })
    }
  }
}
