import Foundation
import ServerSupport

/// The report of apus-load as its JSON says it, as far as tests look at it.
struct LoadOutput: Decodable {
  struct Percentiles: Decodable {
    let p50: Double
    let p90: Double
    let p99: Double
    let p99_99: Double
    let max: Double
  }

  struct Step: Decodable { let offeredPerSecond: Double }

  struct Bin: Decodable { let offered: Int }

  struct ClassLine: Decodable {
    let name: String
    let offered: Int
    let availability: Double
  }

  struct Failure: Decodable {
    let status: String
    let count: Int
  }

  struct Hostile: Decodable {
    let connections: Int
    let opened: Int
    let failedToOpen: Int
    let endedByServer: Int
    let bytesSent: Int
  }

  let offered: Int
  let calls: Int
  let callsPerSecond: Double
  let candidates: Double
  let connections: Int
  let processes: Int
  let arrivals: String
  let durationSeconds: Double
  let saturation: Double?
  let inBudget: Int
  let failed: Int
  let failures: [Failure]
  let degraded: Int
  let lateShare: Double
  let roundTripMicros: Percentiles
  let answeredMicros: Percentiles
  let serverMicros: Percentiles
  let classes: [ClassLine]
  let steps: [Step]
  let hostile: [Hostile]
  let timeline: [Bin]

  init(_ result: (status: Int32, stdout: String, stderr: String)) throws {
    do { self = try JSONDecoder().decode(Self.self, from: Data(result.stdout.utf8)) } catch {
      throw TestFailure("apus-load: \(error): \(result)")
    }
  }
}
