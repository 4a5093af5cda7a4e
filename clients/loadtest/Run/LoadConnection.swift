import ApusClient

/// One connection and its calls in flight.
final class LoadConnection {
  let client: OpaquePointer
  private let limit: Int
  private var calls: [UInt64: SentCall] = [:]

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

  /// Queues a drawn call; one that cannot be queued is lost. The server is told what is left of the budget, since the
  /// caller's patience began at the arrival.
  func send(_ request: apus_rank_request, as call: SentCall, into tally: inout LoadTally) {
    var request = request
    var id: UInt64 = 0
    apus_set_criticality(client, call.callClass.wire)
    let left = (max(1, call.budgetNanos - (call.sent - call.arrival)) + 999_999) / 1_000_000
    let status = apus_send_rank(client, &request, UInt32(clamping: left), &id)
    note(status, id, call, into: &tally)
  }

  /// Queues a recorded call, which has its own class and, mostly, budget instead of those of `call`.
  func send(recorded bytes: UnsafeRawBufferPointer, as call: SentCall, into tally: inout LoadTally) {
    var sent = apus_encoded_call()
    let status = apus_send_encoded(client, bytes.baseAddress, bytes.count, &sent)
    let own = SentCall(
      callClass: CallClass(rawValue: Int(sent.criticality.rawValue)) ?? .standard,
      budgetNanos: sent.has_budget ? Int64(sent.budget_ms) * 1_000_000 : call.budgetNanos, arrival: call.arrival,
      sent: call.sent, foundAllFull: call.foundAllFull)
    note(status, sent.call_id, own, into: &tally)
  }

  private func note(_ status: apus_status, _ id: UInt64, _ call: SentCall, into tally: inout LoadTally) {
    if status == APUS_OK {
      calls[id] = call
      tally.addSent(call)
    } else {
      tally.addLost(
        call.callClass, arrival: call.arrival, wasSent: false, status: Self.name(status),
        message: "the call could not be queued")
    }
  }

  /// Writes what is queued. False where some is left, and replies may have come in meanwhile.
  func flush() -> Bool { apus_flush(client, 0) == APUS_OK }

  /// Takes all replies that are there.
  func receive(into tally: inout LoadTally, counters: ProgressCounters) {
    while !calls.isEmpty {
      var reply = apus_reply()
      defer { apus_reply_free(&reply) }
      let status = apus_receive(client, 0, &reply)
      if status == APUS_ERR_TIMEOUT { return }
      if status == APUS_OK {
        take(reply, into: &tally, counters: counters)
      } else {
        // After a goodbye the calls that the server took up may be answered yet; after any other end none is.
        let last = status == APUS_UNAVAILABLE ? reply.last_call_id : 0
        lose(Self.name(status), String(cString: reply.message), into: &tally, counters: counters) { $0 > last }
        if status != APUS_UNAVAILABLE { return }
      }
    }
  }

  /// Counts the calls that were never answered.
  func giveUp(into tally: inout LoadTally, counters: ProgressCounters) {
    lose(Self.name(APUS_ERR_TIMEOUT), "never answered", into: &tally, counters: counters) { _ in true }
  }

  private func lose(
    _ status: String, _ message: String, into tally: inout LoadTally, counters: ProgressCounters,
    where isLost: (UInt64) -> Bool
  ) {
    for (id, call) in calls where isLost(id) {
      tally.addLost(call.callClass, arrival: call.arrival, wasSent: true, status: status, message: message)
      counters.add(failed: true)
    }
    calls = calls.filter { !isLost($0.key) }
  }

  private func take(_ reply: apus_reply, into tally: inout LoadTally, counters: ProgressCounters) {
    // The client only returns replies to calls in flight.
    guard let call = calls.removeValue(forKey: reply.call_id) else { return }
    let now = Clock.monotonicNanos()
    counters.add(failed: reply.status != APUS_OK)
    if reply.status == APUS_OK {
      let level =
        reply.ranking?.pointee.degradation_level
        ?? reply.tweets?.pointee.recommendation?.pointee
        .degradation_level
      tally.addAccepted(
        call, now: now, serverMicros: reply.server_micros, queueMicros: reply.queue_micros,
        isDegraded: (level ?? 0) > 0)
    } else {
      tally.addRefused(
        call, now: now, status: Self.name(reply.status), message: String(cString: reply.message))
    }
  }

  private static func name(_ status: apus_status) -> String { String(cString: apus_strstatus(status)) }
}
