/// What was measured. Each thread has its own; they are added up at the end, over processes too.
struct LoadTally: Codable, Sendable {
  /// A kind of failure and how often it came, with the first one's message.
  struct Failure: Codable, Sendable {
    var count = 0
    var firstMessage: String
  }

  /// What became of the calls of a class that arrived in the measured time; each is exactly one of accepted, refused, lost.
  struct Counts: Codable, Sendable {
    /// Of those answered OK, from a call's arrival to the reply.
    var times = TimeHistogram(.fine)
    /// Answered OK within their budget.
    var inBudget = 0
    /// Of those accepted, with signals left out.
    var degraded = 0
    /// Answered otherwise.
    var refused = 0
    /// Never answered, or never sent.
    var lost = 0

    /// Answered OK.
    var accepted: Int { Int(times.count) }
    var offered: Int { accepted + refused + lost }

    mutating func add(_ other: Counts) {
      times.add(other.times)
      inBudget += other.inBudget
      degraded += other.degraded
      refused += other.refused
      lost += other.lost
    }
  }

  /// A call that is sent so much after its arrival counts as late: a millisecond.
  static let lateNanos: Int64 = 1_000_000

  /// Calls that arrived before are not measured, but that they failed is counted.
  let measureStart: Int64
  /// By `CallClass.rawValue`.
  private(set) var classes = [Counts](repeating: Counts(), count: CallClass.allCases.count)
  /// Calls of the measured time that were sent late, or not at all.
  private(set) var late = 0
  /// Of those, the ones for which all connections were full: the server's doing, or that of too few connections.
  private(set) var full = 0
  /// From a call's arrival to its refusal.
  private(set) var refused = TimeHistogram(.fine)
  /// From a call's arrival to its sending: how far the client itself was behind.
  private(set) var sendDelay = TimeHistogram(.fine)
  /// The server's own time for OK replies.
  private(set) var server = TimeHistogram(.fine)
  /// The part of it in the server's queue.
  private(set) var queue = TimeHistogram(.fine)
  private(set) var timeBins: TimeBins
  /// By status; of the whole run, warm-up included.
  private(set) var failures: [String: Failure] = [:]
  /// Connections of the run that were over before it was; they are not made again.
  var connectionsLost = 0
  private(set) var hostile: [HostileTally] = []
  /// Processor time of the client, in nanoseconds.
  var processorNanos: Int64 = 0

  init(measureStart: Int64, binMillis: Int) {
    self.measureStart = measureStart
    timeBins = TimeBins(binNanos: Int64(binMillis) * 1_000_000)
  }

  private func isMeasured(_ arrival: Int64) -> Bool { arrival >= measureStart }

  mutating func addSent(_ call: SentCall) {
    guard isMeasured(call.arrival) else { return }
    let delay = call.sent - call.arrival
    sendDelay.record(nanos: delay)
    if delay > Self.lateNanos {
      late += 1
      if call.foundAllFull { full += 1 }
    }
  }

  mutating func addAccepted(
    _ call: SentCall, now: Int64, serverMicros: UInt32, queueMicros: UInt32, isDegraded: Bool
  ) {
    guard isMeasured(call.arrival) else { return }
    let time = now - call.arrival
    let isInBudget = time <= call.budgetNanos
    server.record(nanos: Int64(serverMicros) * 1000)
    queue.record(nanos: Int64(queueMicros) * 1000)
    classes[call.callClass.rawValue].times.record(nanos: time)
    if isInBudget { classes[call.callClass.rawValue].inBudget += 1 }
    if isDegraded { classes[call.callClass.rawValue].degraded += 1 }
    timeBins.add(arrivedAt: call.arrival - measureStart) {
      $0.accepted += 1
      $0.inBudget += isInBudget ? 1 : 0
      $0.times.record(nanos: time)
    }
  }

  mutating func addRefused(_ call: SentCall, now: Int64, status: String, message: String) {
    addFailures(status, message)
    guard isMeasured(call.arrival) else { return }
    refused.record(nanos: now - call.arrival)
    classes[call.callClass.rawValue].refused += 1
    timeBins.add(arrivedAt: call.arrival - measureStart) { $0.refused += 1 }
  }

  /// A call that was never answered, or, with `wasSent` false, never sent.
  mutating func addLost(_ callClass: CallClass, arrival: Int64, wasSent: Bool, status: String, message: String) {
    addFailures(status, message)
    guard isMeasured(arrival) else { return }
    classes[callClass.rawValue].lost += 1
    if !wasSent {
      late += 1
      full += 1
    }
    timeBins.add(arrivedAt: arrival - measureStart) { _ in }
  }

  mutating func addHostile(_ tally: HostileTally) { hostile.append(tally) }

  private mutating func addFailures(_ status: String, _ message: String, count: Int = 1) {
    failures[status, default: Failure(firstMessage: message)].count += count
  }

  mutating func add(_ other: LoadTally) {
    for index in classes.indices where other.classes.indices.contains(index) {
      classes[index].add(other.classes[index])
    }
    late += other.late
    full += other.full
    refused.add(other.refused)
    sendDelay.add(other.sendDelay)
    server.add(other.server)
    queue.add(other.queue)
    timeBins.add(other.timeBins)
    for (status, failure) in other.failures { addFailures(status, failure.firstMessage, count: failure.count) }
    connectionsLost += other.connectionsLost
    hostile += other.hostile
    processorNanos += other.processorNanos
  }
}
