import Foundation

extension LoadReport {
  /// The report for people.
  func table() -> String {
    var lines = ["\(address): \(server)", setting(), ""]
    lines += countLines()
    lines += [
      "", row("microseconds", ["p50", "p90", "p99", "p99.9", "p99.99", "max"]), times("round trip", roundTripMicros),
    ]
    if refused > 0 {
      lines += [times("refusals", refusedMicros), times("all answers", answeredMicros)]
    }
    lines += [
      times("server", serverMicros), times("server's queue", queueMicros), times("send delay", sendDelayMicros),
    ]
    lines += classLines() + stepLines() + hostileLines()
    lines += ["", "This client used \(Self.number(clientCores, digits: 2)) cores."]
    lines += warnings.map { "WARNING: \($0)." }
    return lines.joined(separator: "\n") + "\n"
  }

  private func setting() -> String {
    let pace = [
      "closed": "closed loop", "constant": "open loop at \(Self.number(rate ?? 0)) calls/s",
      "poisson": "open loop at \(Self.number(rate ?? 0)) calls/s (Poisson)", "replay": "replay",
    ]
    return "\(connections) connections, up to \(inFlight) calls in flight each, \(candidatesMix) candidates a call"
      + (explain ? ", explained" : "") + ", \(pace[arrivals] ?? arrivals), \(threads) client threads"
      + (processes > 1 ? " in each of \(processes) processes" : "")
  }

  private func countLines() -> [String] {
    var lines: [String] = []
    if let saturation { lines.append(row("saturation", [Self.number(saturation)]) + "   calls/s") }
    lines += [
      row("offered", [String(offered)]) + "   in \(durationSeconds) s after \(warmupSeconds) s of warm-up",
      row("calls", [String(calls)]) + "   answered OK",
      row("calls/s", [Self.number(callsPerSecond)]),
      row("candidates/s", [arrivals == "replay" ? "" : Self.number(candidatesPerSecond)]),
      row("goodput/s", [Self.number(goodputPerSecond)])
        + "   within the budget: \(Self.percent(goodputShare)) of what was offered",
      row("degraded", [String(degraded)]) + "   \(Self.percent(degradedShare))",
      row("sent late", [String(late)]) + "   \(Self.percent(lateShare))",
      row("failed", [String(failed)]),
    ]
    lines += failures.map { row("  \($0.status)", [String($0.count)]) + "   first: \($0.firstMessage)" }
    return lines
  }

  private func classLines() -> [String] {
    guard classes.count > 1 else { return [] }
    return ["", row("class", ["offered", "OK", "in budget", "refused", "lost", "available", "p50 µs", "p99 µs"])]
      + classes.map {
        row(
          $0.name,
          [$0.offered, $0.accepted, $0.inBudget, $0.refused, $0.lost].map(String.init) + [Self.percent($0.availability)]
            + [$0.roundTripMicros.p50, $0.roundTripMicros.p99].map { Self.number($0, digits: 1) })
      }
  }

  private func stepLines() -> [String] {
    guard !steps.isEmpty else { return [] }
    return ["", row("seconds", ["offered/s", "goodput/s", "refused/s", "p50 µs", "p99 µs"])]
      + steps.map {
        row(
          "\(Self.number($0.fromSeconds, digits: 1)) to \(Self.number($0.toSeconds, digits: 1))",
          [$0.offeredPerSecond, $0.goodputPerSecond, $0.refusedPerSecond, $0.p50Micros, $0.p99Micros].map {
            Self.number($0)
          })
      }
  }

  private func hostileLines() -> [String] {
    guard !hostile.isEmpty else { return [] }
    return ["", row("hostile", ["at a time", "opened", "not opened", "cut off", "bytes out", "bytes in"])]
      + hostile.map {
        row(
          $0.kind.name,
          [$0.connections, $0.opened, $0.failedToOpen, $0.endedByServer, $0.bytesSent, $0.bytesReceived].map(
            String.init))
      }
  }

  private func times(_ name: String, _ times: Times) -> String {
    row(name, times.columns.map { Self.number($0, digits: 1) })
  }

  private func row(_ name: String, _ columns: [String]) -> String {
    name.padding(toLength: max(20, name.count), withPad: " ", startingAt: 0)
      + columns.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
  }

  static func number(_ value: Double, digits: Int = 0) -> String {
    String(format: "%.\(digits)f", value)
  }
}
