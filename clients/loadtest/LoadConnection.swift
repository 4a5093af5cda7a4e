import ApusClient

/// One connection and its calls in flight.
final class LoadConnection {
  /// A call that is not answered yet; times in monotonic nanoseconds.
  private struct Call {
    var id: UInt64
    /// When it arrived, which in an open loop may be before it could be sent.
    var arrival: Int64
    var sent: Int64
  }

  private let client: OpaquePointer
  private let limit: Int
  private var calls: [Call] = []

  /// - Parameter limit: calls in flight, at most.
  init(address: String, limit: Int) throws(LoadError) {
    client = try connect(to: address)
    self.limit = limit
    calls.reserveCapacity(limit)
  }

  deinit { apus_close(client) }

  var isOpen: Bool { apus_is_open(client) }
  var isIdle: Bool { calls.isEmpty }
  var hasRoom: Bool { calls.count < limit && isOpen }

  /// What to wait for; a closed connection's descriptor is -1.
  var polled: (descriptor: Int32, wantsWrite: Bool) { (apus_fd(client), apus_wants_write(client)) }

  /// Queues a call. A call that cannot be queued has failed.
  func send(
    _ request: apus_rank_request, budgetMillis: UInt32, arrival: Int64, now: Int64, into tally: inout LoadTally
  ) {
    var request = request
    var id: UInt64 = 0
    let status = apus_send_rank(client, &request, budgetMillis, &id)
    if status == APUS_OK {
      calls.append(Call(id: id, arrival: arrival, sent: now))
    } else {
      tally.addFailures(Self.name(status), "the call could not be queued")
    }
  }

  /// Writes what is queued. False where some is left, and replies may have come in meanwhile.
  func flush() -> Bool { apus_flush(client, 0) == APUS_OK }

  /// Takes all replies that are there. Calls that arrived from `measureStart` on are measured.
  func receive(measureStart: Int64, into tally: inout LoadTally, counters: ProgressCounters) {
    while !calls.isEmpty {
      var reply = apus_reply()
      defer { apus_reply_free(&reply) }
      let status = apus_receive(client, 0, &reply)
      if status == APUS_ERR_TIMEOUT { return }
      if status == APUS_OK {
        take(reply, measureStart: measureStart, into: &tally, counters: counters)
      } else {
        // After a goodbye the calls that the server took up may be answered yet; after any other end none is.
        let last = status == APUS_UNAVAILABLE ? reply.last_call_id : 0
        let lost = calls.count { $0.id > last }
        calls.removeAll { $0.id > last }
        tally.addFailures(Self.name(status), String(cString: reply.message), count: lost)
        for _ in 0..<lost { counters.add(failed: true) }
        if status != APUS_UNAVAILABLE { return }
      }
    }
  }

  /// Counts the calls that were never answered.
  func giveUp(into tally: inout LoadTally) {
    tally.addFailures(Self.name(APUS_ERR_TIMEOUT), "never answered", count: calls.count)
    calls = []
  }

  private func take(
    _ reply: apus_reply, measureStart: Int64, into tally: inout LoadTally, counters: ProgressCounters
  ) {
    // The client only returns replies to calls in flight; replies mostly come in order, so the search is short.
    guard let index = calls.firstIndex(where: { $0.id == reply.call_id }) else { return }
    let call = calls.remove(at: index)
    counters.add(failed: reply.status != APUS_OK)
    guard reply.status == APUS_OK else {
      tally.addFailures(Self.name(reply.status), String(cString: reply.message))
      return
    }
    guard call.arrival >= measureStart else { return }
    tally.addCall(
      roundTripNanos: Clock.monotonicNanos() - call.arrival, sendDelayNanos: call.sent - call.arrival,
      serverMicros: reply.server_micros, queueMicros: reply.queue_micros)
    if let ranking = reply.ranking, ranking.pointee.degradation_level > 0 { tally.addDegraded() }
  }

  private static func name(_ status: apus_status) -> String { String(cString: apus_strstatus(status)) }
}
