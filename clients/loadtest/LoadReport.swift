import Foundation
import Histogram

/// What came out of a run, in the form that `--json` prints. Times are in microseconds.
struct LoadReport: Encodable {
  struct Times: Encodable {
    let p50: Double
    let p90: Double
    let p99: Double
    let p99_9: Double
    let p99_99: Double
    let max: Double

    /// - Parameter unitsPerMicro: what the histogram counts, in a microsecond.
    init(_ histogram: Histogram<UInt64>, unitsPerMicro: Double) {
      func at(_ percentile: Double) -> Double {
        histogram.totalCount == 0 ? 0 : Double(histogram.valueAtPercentile(percentile)) / unitsPerMicro
      }
      p50 = at(50)
      p90 = at(90)
      p99 = at(99)
      p99_9 = at(99.9)
      p99_99 = at(99.99)
      max = histogram.totalCount == 0 ? 0 : Double(histogram.maxRecorded) / unitsPerMicro
    }

    var columns: [Double] { [p50, p90, p99, p99_9, p99_99, max] }
  }

  struct Failure: Encodable {
    let status: String
    let count: Int
    let firstMessage: String
  }

  let address: String
  let server: String
  let connections: Int
  let inFlight: Int
  let threads: Int
  let candidates: Int
  let rate: Double?
  let explain: Bool
  let warmupSeconds: Double
  let durationSeconds: Double
  /// OK replies to calls that arrived in the measured time.
  let calls: UInt64
  let callsPerSecond: Double
  let candidatesPerSecond: Double
  let degraded: Int
  /// Of the whole run, warm-up included.
  let failed: Int
  let failures: [Failure]
  let roundTripMicros: Times
  let serverMicros: Times
  let queueMicros: Times
  let sendDelayMicros: Times
  /// The processor time of this program, in cores: near its threads' number it measures itself, not the server.
  let clientCores: Double

  init(plan: LoadPlan, server: String, tally: LoadTally, clientCores: Double) {
    address = plan.address
    self.server = server
    connections = plan.connections
    inFlight = plan.inFlight
    threads = plan.threads
    candidates = plan.candidates
    rate = plan.rate
    explain = plan.explains
    warmupSeconds = plan.warmupSeconds
    durationSeconds = plan.durationSeconds
    calls = tally.roundTrip.totalCount
    callsPerSecond = Double(calls) / plan.durationSeconds
    candidatesPerSecond = callsPerSecond * Double(plan.candidates)
    degraded = tally.degraded
    failures = tally.failures
      .map { Failure(status: $0.key, count: $0.value.count, firstMessage: $0.value.firstMessage) }
      .sorted { $0.status < $1.status }
    failed = failures.reduce(0) { $0 + $1.count }
    roundTripMicros = Times(tally.roundTrip, unitsPerMicro: 1000)
    serverMicros = Times(tally.server, unitsPerMicro: 1)
    queueMicros = Times(tally.queue, unitsPerMicro: 1)
    sendDelayMicros = Times(tally.sendDelay, unitsPerMicro: 1000)
    self.clientCores = clientCores
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
