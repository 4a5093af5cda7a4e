import ApusClient
import Foundation
import Testing

extension CallTests {
  @Test("a description hands out what the server tells about itself")
  func description() throws {
    let server = FakeServer { peer, _ in
      guard let call = peer.readCall(), call.has(21) else { return }
      peer.reply(to: call.number(1)) {
        $0.message(21) {
          for (field, text) in [(1, "0.1"), (2, "m"), (3, "ranker"), (11, "p")] { $0.string(field, text) }
          for field in 4...8 { $0.varint(field, UInt64(field)) }
          $0.string(9, "svd")
          $0.floats(10, [0.5])
          $0.double(12, 0.05)
          for field in [13, 14, 15, 17, 18, 19, 20, 21] { $0.varint(field, UInt64(field)) }
          $0.message(22) {
            $0.string(1, "redis://r")
            for field in 2...8 { $0.varint(field, UInt64(field == 2 ? 1 : 200 + field)) }
            $0.string(9, "busy")
          }
          $0.message(50) {
            $0.string(1, "score")
            $0.varint(2, 250)
            $0.varint(3, 251)
            $0.varints(4, [3, 128])
            $0.varints(5, [7, 5])
          }
          for field in [52, 53, 54, 55, 56, 57, 59] { $0.varint(field, UInt64(field)) }
          $0.string(58, "crashed")
          $0.message(16) { for field in 1...5 { $0.varint(field, UInt64(100 + field)) } }
        }
      }
      peer.waitForEnd()
    }
    var reply = apus_reply()
    defer { apus_reply_free(&reply) }
    let connection = try #require(TestClient(server))
    #expect(apus_describe(connection.client, 5000, &reply) == APUS_OK)
    withExtendedLifetime(connection) {}
    let it = try #require(reply.description?.pointee)
    #expect(String(cString: it.server_version) == "0.1" && String(cString: it.recipe) == "ranker")
    #expect(it.model_as_of == 4 && it.users == 5 && it.tweets == 6 && it.terms == 7 && it.factors == 8)
    #expect(it.signal_count == 1 && it.weights[0] == 0.5 && it.epsilon == 0.05 && it.events_recorded == 13)
    #expect(it.uptime_seconds == 14 && it.workers == 15 && it.connections_accepted == 17)
    #expect(it.calls_answered == 18 && it.calls_refused == 19)
    #expect(it.online_updates == 20 && it.online_unmatched == 21)
    let shared = it.shared_log
    #expect(String(cString: shared.place) == "redis://r" && shared.connected && shared.shipped_sequence == 203)
    #expect(shared.lag == 204 && shared.followed == 205 && shared.skipped == 206 && shared.reshipped == 207)
    #expect(shared.missing == 208 && String(cString: shared.last_error) == "busy")
    #expect(it.limits.frame_bytes == 101 && it.limits.candidates_per_call == 102 && it.limits.text_bytes == 103)
    #expect(it.phase_count == 1)
    let phase = it.phases[0]
    #expect(String(cString: phase.name) == "score" && phase.sum_nanos == 250 && phase.max_nanos == 251)
    #expect(phase.count == 12 && phase.bucket_count == 2 && phase.buckets[1] == 128 && phase.counts[0] == 7)
    #expect(it.calls_in_flight == 52 && it.resident_bytes == 53)
    #expect(it.memory_limit_bytes == 54 && it.memory_pressure == 55 && it.loop_stalls == 56)
    #expect(it.log_lines_dropped == 57 && it.uptime_ms == 59 && String(cString: it.last_run) == "crashed")
    #expect(it.limits.calls_in_flight == 104 && it.limits.default_budget_ms == 105)
  }
}
