import Foundation

/// One look at a server, as `stats` shows it: what came since the look before, and how things stand.
struct StatsView: Encodable {
  /// A phase's durations in microseconds.
  struct Phase: Encodable {
    let phase: String
    let count: UInt64
    let perSecond: Double
    let mean: Double
    let p50: Double
    let p90: Double
    let p99: Double
    let p999: Double
    let max: Double
  }

  let serverVersion: String
  let modelVersion: String
  let uptimeSeconds: Double
  /// Of what rates and phases are.
  let intervalSeconds: Double
  let answeredPerSecond: Double
  let refusedPerSecond: Double
  let connectionsPerSecond: Double
  let openConnections: UInt64
  let callsInFlight: UInt64
  let residentBytes: UInt64
  let memoryLimitBytes: UInt64
  let memoryPressure: String
  let loopStalls: UInt64
  let droppedLogLines: UInt64
  let phases: [Phase]

  /// What came after `earlier`, where that is an earlier reading of the same run of the server; else since its start.
  init(_ now: ServerReading, since earlier: ServerReading?) {
    let before = earlier.flatMap { $0.uptimeMillis < now.uptimeMillis ? $0 : nil }
    let seconds = Swift.max(0.001, Double(now.uptimeMillis - (before?.uptimeMillis ?? 0)) / 1_000)
    func rate(_ counter: KeyPath<ServerReading, UInt64>) -> Double {
      let (now, then) = (now[keyPath: counter], before?[keyPath: counter] ?? 0)
      return Double(now >= then ? now - then : 0) / seconds
    }
    serverVersion = now.serverVersion
    modelVersion = now.modelVersion
    uptimeSeconds = Double(now.uptimeMillis) / 1_000
    intervalSeconds = seconds
    answeredPerSecond = rate(\.callsAnswered)
    refusedPerSecond = rate(\.callsRefused)
    connectionsPerSecond = rate(\.connectionsAccepted)
    openConnections = now.openConnections
    callsInFlight = now.callsInFlight
    residentBytes = now.residentBytes
    memoryLimitBytes = now.memoryLimitBytes
    memoryPressure = Self.pressure(now.memoryPressure)
    loopStalls = now.loopStalls
    droppedLogLines = now.droppedLogLines
    phases = now.phases.map { phase in
      let then = before?.phases.first { $0.name == phase.name }
      return Phase(then.map { phase.since($0) } ?? phase, seconds: seconds)
    }
  }

  private static func pressure(_ level: UInt32) -> String {
    switch level {
    case 0: "calm"
    case 1: "caches kept small"
    case 2: "connections refused"
    default: "rankings refused"
    }
  }

  /// The lines for people, without an end of line after the last.
  func table() -> String {
    let limit = memoryLimitBytes > 0 ? " of \(memoryLimitBytes >> 20)" : ""
    let memory = "\(residentBytes >> 20)\(limit) MiB" + (memoryPressure == "calm" ? "" : " (\(memoryPressure))")
    var table = TextTable([
      ("µs", .left), ("a second", .right), ("mean", .right), ("p50", .right), ("p90", .right), ("p99", .right),
      ("p99.9", .right), ("max", .right),
    ])
    for phase in phases where phase.count > 0 {
      let times = [phase.mean, phase.p50, phase.p90, phase.p99, phase.p999, phase.max]
      table.add([phase.phase, Self.rate(phase.perSecond)] + times.map(Self.micros))
    }
    var lines = [
      "apus \(serverVersion), model \(modelVersion), up \(Self.span(uptimeSeconds)); the last \(Self.span(intervalSeconds)):",
      "\(Self.rate(answeredPerSecond)) answered/s, \(Self.rate(refusedPerSecond)) refused/s; \(openConnections) connections, "
        + "\(callsInFlight) calls in flight; \(memory)",
    ]
    if loopStalls > 0 || droppedLogLines > 0 {
      lines.append("loops stood still \(loopStalls) times, \(droppedLogLines) log lines were dropped")
    }
    return lines.joined(separator: "\n") + "\n\n" + table.render()
  }

  private static func rate(_ value: Double) -> String { String(format: value < 10 ? "%.1f" : "%.0f", value) }

  /// Three significant digits where there is room for fewer than all.
  private static func micros(_ value: Double) -> String {
    String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
  }

  private static func span(_ seconds: Double) -> String {
    if seconds < 100 { return String(format: "%.1f s", seconds) }
    let minutes = Int(seconds) / 60
    return minutes < 100 ? "\(minutes) min" : minutes < 48 * 60 ? "\(minutes / 60) h" : "\(minutes / 1_440) days"
  }
}

extension StatsView.Phase {
  init(_ it: PhaseReading, seconds: Double) {
    phase = it.name
    count = it.count
    perSecond = Double(count) / seconds
    mean = count == 0 ? 0 : Double(it.sumNanos) / Double(count) / 1_000
    (p50, p90) = (Double(it.quantile(0.5)) / 1_000, Double(it.quantile(0.9)) / 1_000)
    (p99, p999) = (Double(it.quantile(0.99)) / 1_000, Double(it.quantile(0.999)) / 1_000)
    max = Double(it.longestNanos) / 1_000
  }
}
