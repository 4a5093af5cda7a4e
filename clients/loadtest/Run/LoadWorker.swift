import ApusClient

/// One thread of the run: it sends on its connections, polls them all and takes their replies.
///
/// Used by its thread alone from `run` until that returns.
final class LoadWorker: @unchecked Sendable {
  private(set) var tally: LoadTally
  private let plan: LoadPlan
  private let timeline: Timeline
  private let source: CallSource
  private let counters: ProgressCounters
  private let connections: [LoadConnection]
  /// What arrives; nil: closed loop.
  private var queue: ArrivalQueue?
  private var dice: SplitMix
  private var nextRequest: Int
  private var nextConnection = 0
  private var polled = PollSet()

  init(
    index: Int, plan: LoadPlan, timeline: Timeline, source: CallSource, connections: [LoadConnection],
    counters: ProgressCounters
  ) {
    self.plan = plan
    self.timeline = timeline
    self.source = source
    self.connections = connections
    self.counters = counters
    tally = LoadTally(measureStart: timeline.measureStart, binMillis: plan.binMillis)
    let place = plan.place(ofThread: index)
    queue = ArrivalQueue(plan: plan, source: source, start: timeline.start, place: place)
    dice = SplitMix(seed: plan.source.seed, part: -1 - place)
    // Threads begin at different places of the pool, so that they do not send the same requests together.
    if case .pool(let pool) = source { nextRequest = pool.count * place / plan.allThreads } else { nextRequest = 0 }
  }

  /// Runs to the end of the timeline, or until every connection is lost.
  func run() {
    while true {
      let now = Clock.monotonicNanos()
      if now >= timeline.drainEnd || !connections.contains(where: \.isOpen) { break }
      if now < timeline.end || hasWaiting { send(now) } else if connections.allSatisfy(\.isIdle) { break }
      wait(now)
      for (place, connection) in connections.enumerated() where polled.isReady(place) { receive(connection) }
    }
    for connection in connections {
      receive(connection)
      if !connection.isOpen { tally.connectionsLost += 1 }
      connection.giveUp(into: &tally, counters: counters)
    }
    countUnsent()
  }

  /// Whether a call arrived in time and is not sent yet.
  private var hasWaiting: Bool { queue?.next.map { $0.time < timeline.end } ?? false }

  private func send(_ now: Int64) {
    if queue == nil { sendClosed(now) } else { sendOpen(now) }
    for connection in connections where connection.polled.wantsWrite {
      if !connection.flush() { receive(connection) }
    }
  }

  /// Closed loop: every connection is kept full.
  private func sendClosed(_ now: Int64) {
    for connection in connections {
      while connection.hasRoom {
        send(SentCall(callClass: drawClass(nil), budgetNanos: drawBudget(), arrival: now, sent: now), on: connection)
      }
    }
  }

  /// Open loop: what has arrived is sent on the next connection with room. Without any it waits, and its time runs; once its
  /// budget is over it is given up, as a caller would.
  private func sendOpen(_ now: Int64) {
    while let arrival = queue?.next, arrival.time <= now, arrival.time < timeline.end {
      let callClass = drawClass(arrival.callClass)
      let budget = drawBudget()
      if now - arrival.time >= budget {
        queue?.advance()
        lose(arrival, callClass, "no connection had room within the call's budget")
        continue
      }
      guard let connection = connectionWithRoom() else {
        queue?.keep(callClass: callClass)
        return
      }
      queue?.advance()
      let call = SentCall(
        callClass: callClass, budgetNanos: budget, arrival: arrival.time, sent: now, foundAllFull: arrival.foundAllFull)
      if let record = arrival.record, case .recording(let recording) = source {
        recording.withCall(record) { connection.send(recorded: $0, as: call, into: &tally) }
      } else {
        send(call, on: connection)
      }
    }
  }

  private func connectionWithRoom() -> LoadConnection? {
    for _ in connections.indices {
      let connection = connections[nextConnection]
      nextConnection = (nextConnection + 1) % connections.count
      if connection.hasRoom { return connection }
    }
    return nil
  }

  private func send(_ call: SentCall, on connection: LoadConnection) {
    guard case .pool(let pool) = source else { return }
    connection.send(pool[nextRequest], as: call, into: &tally)
    nextRequest += 1
  }

  private func drawClass(_ given: CallClass?) -> CallClass { given ?? plan.classes.draw(using: &dice) }

  private func drawBudget() -> Int64 { Int64(plan.budgetMillis.draw(using: &dice)) * 1_000_000 }

  private func receive(_ connection: LoadConnection) { connection.receive(into: &tally, counters: counters) }

  /// Waits until a connection can be read or written, or something else is due.
  private func wait(_ now: Int64) {
    polled.removeAll()
    for connection in connections {
      let (descriptor, wantsWrite) = connection.polled
      polled.add(descriptor, writes: wantsWrite)
    }
    var due = now < timeline.end ? timeline.end : timeline.drainEnd
    // An arrival that has passed waits for room, which a reply will make.
    if let arrival = queue?.next?.time, arrival > now { due = min(due, arrival) }
    polled.wait(nanos: max(0, due - Clock.monotonicNanos()))
  }

  /// Calls that arrived but found no room until the end are lost: leaving them out would hide the overload.
  private func countUnsent() {
    while let arrival = queue?.next, arrival.time < timeline.end {
      queue?.advance()
      lose(arrival, drawClass(arrival.callClass), "no connection had room before the end")
    }
  }

  private func lose(_ arrival: ArrivalQueue.Arrival, _ callClass: CallClass, _ message: String) {
    tally.addLost(callClass, arrival: arrival.time, wasSent: false, status: "client: not sent", message: message)
    counters.add(failed: true)
  }
}
