import Foundation

/// What came out of a run, in the form that `--json` prints. Times are in microseconds, shares between 0 and 1. Counts and
/// times are of the calls that arrived in the measured time, where nothing else is said.
struct LoadReport: Encodable {
  let address: String
  let server: String
  let connections: Int
  let inFlight: Int
  let threads: Int
  let processes: Int
  /// In the mean; 0 in a replay, whose calls are not looked into.
  let candidates: Double
  let candidatesMix: String
  let classMix: String
  let budgetMillis: String
  let newTextShare: Double
  let explain: Bool
  /// "closed", "constant", "poisson" or "replay".
  let arrivals: String
  /// What the profile asks for in the mean, in calls a second; absent in a closed loop.
  let rate: Double?
  /// Calls a second of a closed loop before the run, within their budgets; absent where it was not measured.
  let saturation: Double?
  let warmupSeconds: Double
  let durationSeconds: Double

  /// All calls that arrived.
  let offered: Int
  let offeredPerSecond: Double
  /// Answered OK.
  let calls: UInt64
  let callsPerSecond: Double
  let candidatesPerSecond: Double
  /// Answered OK within their budget, counted from the arrival.
  let inBudget: Int
  let goodputPerSecond: Double
  /// `inBudget` of `offered`.
  let goodputShare: Double
  /// Answered otherwise.
  let refused: Int
  /// Never answered, or never sent.
  let lost: Int
  let degraded: Int
  /// Of `calls`.
  let degradedShare: Double
  /// Sent more than a millisecond after their arrival, or never.
  let late: Int
  /// Of `offered`.
  let lateShare: Double
  /// Of `offered`: late, or never sent, because all connections were full.
  let fullShare: Double
  /// Refused or lost in the whole run, warm-up included.
  let failed: Int
  /// The same by status.
  let failures: [Failure]
  /// Connections that were over before the run was.
  let connectionsLost: Int
  let classes: [ClassLine]
  let steps: [StepLine]
  let hostile: [HostileTally]

  /// From arrival to an OK reply.
  let roundTripMicros: Times
  /// From arrival to a refusal.
  let refusedMicros: Times
  /// From arrival to any reply.
  let answeredMicros: Times
  let serverMicros: Times
  let queueMicros: Times
  let sendDelayMicros: Times
  /// The processor time of this program, in cores: near its threads' number it measures itself, not the server.
  let clientCores: Double
  /// Why these numbers may be the client's and not the server's.
  let warnings: [String]
  let binMillis: Int
  let timeline: [BinLine]

  init(plan: LoadPlan, processes: Int, outcome: Fleet.Outcome, saturation: Double?) {
    let tally = outcome.tally
    let totals = tally.classes.reduce(into: LoadTally.Counts()) { $0.add($1) }
    address = plan.address
    server = outcome.server
    connections = plan.connections
    inFlight = plan.inFlight
    threads = plan.threads
    self.processes = processes
    candidates = plan.isReplay ? 0 : plan.candidates.mean(Double.init)
    candidatesMix = plan.isReplay ? "recorded" : plan.candidates.text(String.init)
    classMix = plan.classes.text(\.name)
    budgetMillis = plan.budgetMillis.text { String($0) }
    newTextShare = plan.source.newTextShare
    explain = plan.explains
    arrivals =
      plan.isReplay ? "replay" : plan.streams.isEmpty ? "closed" : plan.isPoisson ? "poisson" : "constant"
    rate = plan.streams.isEmpty ? nil : plan.streams.reduce(0) { $0 + $1.profile.calls } / plan.durationSeconds
    self.saturation = saturation
    warmupSeconds = plan.warmupSeconds
    durationSeconds = plan.durationSeconds

    offered = totals.offered
    offeredPerSecond = Double(totals.offered) / plan.durationSeconds
    calls = UInt64(totals.accepted)
    callsPerSecond = Double(totals.accepted) / plan.durationSeconds
    candidatesPerSecond = callsPerSecond * candidates
    inBudget = totals.inBudget
    goodputPerSecond = Double(totals.inBudget) / plan.durationSeconds
    goodputShare = Self.share(totals.inBudget, of: totals.offered)
    refused = totals.refused
    lost = totals.lost
    degraded = totals.degraded
    degradedShare = Self.share(totals.degraded, of: totals.accepted)
    late = tally.late
    lateShare = Self.share(tally.late, of: totals.offered)
    fullShare = Self.share(tally.full, of: totals.offered)
    failures = tally.failures
      .map { Failure(status: $0.key, count: $0.value.count, firstMessage: $0.value.firstMessage) }
      .sorted { $0.status < $1.status }
    failed = failures.reduce(0) { $0 + $1.count }
    connectionsLost = tally.connectionsLost
    classes = CallClass.allCases.compactMap { ClassLine($0, tally.classes[$0.rawValue]) }
    steps = StepLine.lines(of: plan, tally.timeBins)
    hostile = tally.hostile

    var answered = totals.times
    answered.add(tally.refused)
    roundTripMicros = Times(totals.times)
    refusedMicros = Times(tally.refused)
    answeredMicros = Times(answered)
    serverMicros = Times(tally.server)
    queueMicros = Times(tally.queue)
    sendDelayMicros = Times(tally.sendDelay)
    let seconds = plan.warmupSeconds + plan.durationSeconds
    clientCores = Double(tally.processorNanos) / 1e9 / max(seconds, 1e-9)
    warnings = Self.warnings(
      plan, processes: processes, slowShare: lateShare - fullShare, fullShare: fullShare, cores: clientCores,
      connectionsLost: connectionsLost)
    binMillis = plan.binMillis
    timeline = BinLine.lines(of: tally.timeBins)
  }

  static func share(_ part: Int, of whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }

  /// A client that cannot keep up says so aloud: its numbers are not the server's then.
  private static func warnings(
    _ plan: LoadPlan, processes: Int, slowShare: Double, fullShare: Double, cores: Double,
    connectionsLost: Int
  ) -> [String] {
    var warnings: [String] = []
    if connectionsLost > 0 {
      warnings.append(
        "\(connectionsLost) of \(plan.connections) connections were over before the run was, and are not made again")
    }
    if slowShare > 0.01 {
      warnings.append(
        "the client did not keep up: it sent \(percent(slowShare)) of the calls over 1 ms late, with room for them "
          + "(--threads, --processes, a quieter machine)")
    }
    if fullShare > 0.01 {
      warnings.append(
        "all connections were full: \(percent(fullShare)) of the calls were sent over 1 ms late for that, or never "
          + "(--connections, --in-flight)")
    }
    let threads = Double(plan.threads * processes)
    if cores > 0.9 * threads {
      warnings.append(
        "the client used \(String(format: "%.2f", cores)) of its \(plan.threads * processes) threads' cores: it may be the "
          + "bottleneck (--threads, --processes)")
    }
    return warnings
  }

  static func percent(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
