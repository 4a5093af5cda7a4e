import ApusClient

/// One thread of the run: it sends on its connections, polls them all and takes their replies.
///
/// Used by its thread alone from `run` until that returns.
final class LoadWorker: @unchecked Sendable {
  private(set) var tally = LoadTally()
  private let plan: LoadPlan
  private let timeline: Timeline
  private let pool: RequestPool
  private let counters: ProgressCounters
  private let connections: [LoadConnection]
  private var arrivals: Arrivals?
  private var nextRequest: Int
  private var nextConnection = 0

  init(
    index: Int, plan: LoadPlan, timeline: Timeline, pool: RequestPool, connections: [LoadConnection],
    counters: ProgressCounters
  ) {
    self.plan = plan
    self.timeline = timeline
    self.pool = pool
    self.connections = connections
    self.counters = counters
    arrivals = plan.rate.map { Arrivals(start: timeline.start, rate: $0, thread: index, threads: plan.threads) }
    // Threads begin at different places of the pool, so that they do not send the same requests together.
    nextRequest = pool.count * index / plan.threads
  }

  /// Runs to the end of the timeline, or until every connection is lost.
  func run() {
    while true {
      let now = Clock.monotonicNanos()
      if now >= timeline.drainEnd || !connections.contains(where: \.isOpen) { break }
      if now < timeline.end { send(now) } else if connections.allSatisfy(\.isIdle) { break }
      let ready = wait(now)
      for connection in connections where ready.contains(connection.polled.descriptor) { receive(connection) }
    }
    for connection in connections {
      receive(connection)
      connection.giveUp(into: &tally)
    }
    countUnsent()
  }

  private func send(_ now: Int64) {
    if arrivals == nil { sendClosed(now) } else { sendOpen(now) }
    for connection in connections where connection.polled.wantsWrite {
      if !connection.flush() { receive(connection) }
    }
  }

  /// Closed loop: every connection is kept full.
  private func sendClosed(_ now: Int64) {
    for connection in connections {
      while connection.hasRoom { send(on: connection, arrival: now, now: now) }
    }
  }

  /// Open loop: what has arrived is sent on the next connection with room; without any, it waits and its time runs.
  private func sendOpen(_ now: Int64) {
    while let arrival = arrivals?.next, arrival <= now, arrival < timeline.end {
      var tried = 0
      while tried < connections.count, !connections[nextConnection].hasRoom {
        nextConnection = (nextConnection + 1) % connections.count
        tried += 1
      }
      if tried == connections.count { return }
      send(on: connections[nextConnection], arrival: arrival, now: now)
      nextConnection = (nextConnection + 1) % connections.count
      arrivals?.advance()
    }
  }

  private func send(on connection: LoadConnection, arrival: Int64, now: Int64) {
    connection.send(
      pool[nextRequest], budgetMillis: plan.budgetMillis, arrival: arrival, now: now, into: &tally)
    nextRequest += 1
  }

  private func receive(_ connection: LoadConnection) {
    connection.receive(measureStart: timeline.measureStart, into: &tally, counters: counters)
  }

  /// Waits until a connection can be read or written, or something else is due; tells which can be.
  private func wait(_ now: Int64) -> DescriptorSet {
    var readers = DescriptorSet()
    var writers = DescriptorSet()
    for connection in connections {
      let (descriptor, wantsWrite) = connection.polled
      readers.insert(descriptor)
      if wantsWrite { writers.insert(descriptor) }
    }
    var due = now < timeline.end ? timeline.end : timeline.drainEnd
    // An arrival that has passed waits for room, which a reply will make.
    if let arrival = arrivals?.next, arrival > now { due = min(due, arrival) }
    DescriptorSet.wait(readers: &readers, writers: &writers, nanos: max(0, due - Clock.monotonicNanos()))
    return readers.union(writers)
  }

  /// Calls that arrived but found no room until the end have failed: leaving them out would hide the overload.
  private func countUnsent() {
    var unsent = 0
    while let arrival = arrivals?.next, arrival < timeline.end {
      unsent += 1
      arrivals?.advance()
    }
    tally.addFailures("client: not sent", "no connection had room before the end", count: unsent)
  }
}
