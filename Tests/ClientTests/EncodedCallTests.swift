import ApusClient
import Testing

/// Calls that were encoded elsewhere: shown by a tap, sent as they are.
@Suite struct EncodedCallTests {
  private final class Seen { var calls: [[UInt8]] = [] }

  private func tap(_ client: TestClient, _ seen: Seen) {
    apus_set_tap(
      client.client,
      { context, call, length in
        guard let context else { return }
        Unmanaged<Seen>.fromOpaque(context).takeUnretainedValue().calls.append(
          Array(UnsafeRawBufferPointer(start: call, count: length)))
      }, Unmanaged.passUnretained(seen).toOpaque())
  }

  private static func echo() -> FakeServer {
    FakeServer { peer, _ in
      while let call = peer.readCall() {
        peer.reply(to: call.number(1)) { $0.ranking(call.messages(16).first?.ids(2) ?? []) }
      }
    }
  }

  @Test("what a tap shows is what the server gets, and can be sent again under another id")
  func again() throws {
    let server = FakeServer { peer, _ in
      while let payload = peer.readPayload(), let call = ProtoFields(payload) {
        peer.reply(to: call.number(1)) { $0.ranking([call.number(2), call.number(3), call.number(1)]) }
      }
    }
    let seen = Seen()
    let client = try #require(TestClient(server))
    tap(client, seen)
    apus_set_criticality(client.client, APUS_CRITICALITY_SHEDDABLE)
    _ = client.sendRank([4, 5], budgetMillis: 70)
    client.receive()
    #expect(seen.calls.count == 1)
    apus_set_criticality(client.client, APUS_CRITICALITY_DEFAULT)
    var sent = apus_encoded_call()
    let call = try #require(seen.calls.first)
    #expect(apus_send_encoded(client.client, call, call.count, &sent) == APUS_OK)
    #expect(sent.has_budget && sent.budget_ms == 70 && sent.criticality == APUS_CRITICALITY_SHEDDABLE)
    client.receive { reply in
      #expect(reply.call_id == sent.call_id && sent.call_id == 2)
      #expect(Array(UnsafeBufferPointer(start: reply.ranking?.pointee.tweet_ids, count: 3)) == [70, 2, 2])
    }
    apus_set_tap(client.client, nil, nil)
    _ = client.sendRank()
    #expect(seen.calls.count == 2)
  }

  @Test("bytes that are no call, or ask for nothing, are refused and leave the client usable")
  func nonsense() throws {
    let server = Self.echo()
    let client = try #require(TestClient(server))
    let wrongs: [[UInt8]] = [
      [], [0xFF], [0x08, 0x05], [0x82, 0x01, 0x7F], ProtoWriter { $0.message(99) { $0.varint(1, 1) } }.bytes,
    ]
    for bytes in wrongs {
      #expect(apus_send_encoded(client.client, bytes, bytes.count, nil) == APUS_ERR_USAGE, "\(bytes)")
    }
    #expect(apus_calls_in_flight(client.client) == 0 && client.rank() == APUS_OK)
  }

  @Test("every cut and many changes of an encoded call are sent or refused, never more")
  func damaged() throws {
    let server = FakeServer { peer, _ in peer.waitForEnd() }
    let seen = Seen()
    let client = try #require(TestClient(server))
    tap(client, seen)
    _ = client.sendRank([1, 2, 3, 4])
    let call = try #require(seen.calls.first)
    for length in 0..<call.count {
      let status = apus_send_encoded(client.client, Array(call.prefix(length)), length, nil)
      #expect(status == APUS_OK || status == APUS_ERR_USAGE)
    }
    for place in call.indices {
      for bit in 0..<8 {
        var changed = call
        changed[place] ^= 1 << UInt8(bit)
        let status = apus_send_encoded(client.client, changed, changed.count, nil)
        #expect([APUS_OK, APUS_ERR_USAGE, APUS_ERR_MEMORY].contains(status))
      }
    }
  }
}
