import ApusClient
import Testing

/// What apus_set_rewards sends, and what of the reply it hands out.
@Suite struct RewardCallTests {
  @Test("rewards go out as columns, and what is in force comes back; columns of two lengths are no answer")
  func rewards() throws {
    let server = FakeServer { peer, _ in
      while let call = peer.readCall(), let request = call.messages(22).first {
        let isAsked = request.data(1) == [3, 7] && request.ids(2) == [0.5, -1].map(\.bitPattern)
        let isEmpty = !request.has(1) && !request.has(2)
        peer.reply(to: call.number(1)) {
          $0.message(22) {
            $0.data(1, isAsked ? [1, 3] : isEmpty ? [] : [8])
            $0.doubles(2, isAsked ? [0, 0.5] : [])
            $0.varint(3, 1_700_000_000)
          }
        }
      }
    }
    let connection = try #require(TestClient(server))
    defer { withExtendedLifetime(connection) {} }
    let client = connection.client
    let rows = [
      apus_reward(type: APUS_EVENT_LIKE, weight: 0.5), apus_reward(type: APUS_EVENT_HIDE, weight: -1),
    ]
    var reply = apus_reply()
    #expect(apus_set_rewards(client, rows, 2, 5000, &reply) == APUS_OK)
    let told = try #require(reply.rewards).pointee
    #expect(told.count == 2 && told.set_at == 1_700_000_000)
    #expect(told.rewards[1].type == APUS_EVENT_LIKE && told.rewards[1].weight == 0.5)
    apus_reply_free(&reply)
    #expect(apus_set_rewards(client, nil, 0, 5000, &reply) == APUS_OK && reply.rewards.pointee.count == 0)
    apus_reply_free(&reply)
    #expect(apus_set_rewards(client, nil, 2, 5000, &reply) == APUS_ERR_USAGE)
    apus_reply_free(&reply)
    #expect(apus_set_rewards(client, rows, 1, 5000, &reply) == APUS_ERR_PROTOCOL)
    apus_reply_free(&reply)
  }
}
