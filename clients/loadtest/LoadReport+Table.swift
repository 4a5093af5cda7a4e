import Foundation

extension LoadReport {
  /// The report for people.
  func table() -> String {
    let mode = rate.map { "open loop at \(Self.number($0)) calls/s" } ?? "closed loop"
    var lines = [
      "\(address): \(server)",
      "\(connections) connections, up to \(inFlight) calls in flight each, \(candidates) candidates a call"
        + (explain ? ", explained" : "") + ", \(mode), \(threads) client threads",
      "",
      row("calls", [String(calls)]) + "   in \(durationSeconds) s after \(warmupSeconds) s of warm-up",
      row("calls/s", [Self.number(callsPerSecond)]),
      row("candidates/s", [Self.number(candidatesPerSecond)]),
      row("degraded", [String(degraded)]),
      row("failed", [String(failed)]),
    ]
    lines += failures.map { row("  \($0.status)", [String($0.count)]) + "   first: \($0.firstMessage)" }
    lines += [
      "",
      row("microseconds", ["p50", "p90", "p99", "p99.9", "p99.99", "max"]),
      times("round trip", roundTripMicros),
      times("server", serverMicros),
      times("server's queue", queueMicros),
      times("send delay", sendDelayMicros),
      "",
      "This client used \(Self.number(clientCores, digits: 2)) cores.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private func times(_ name: String, _ times: Times) -> String {
    row(name, times.columns.map { Self.number($0, digits: 1) })
  }

  private func row(_ name: String, _ columns: [String]) -> String {
    name.padding(toLength: max(20, name.count), withPad: " ", startingAt: 0)
      + columns.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
  }

  private static func number(_ value: Double, digits: Int = 0) -> String {
    String(format: "%.\(digits)f", value)
  }
}
