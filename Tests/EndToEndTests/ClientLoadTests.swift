import ServerSupport
import Foundation
import Testing

/// apus-load against a real server. Speeds are not judged here; that every call is answered is.
@Suite("apus-load against a real server", .serialized)
struct ClientLoadTests {
  private let server: ServerProcess

  init() throws { server = try ServerProcess(["--workers", "2"]) }

  private func load(_ arguments: [String]) throws -> (status: Int32, report: LoadOutput) {
    let result = try runCommand(
      ["--address", server.address, "--duration", "1", "--warmup", "0.2", "--budget", "1000", "--json"] + arguments,
      executable: "apus-load")
    return (result.status, try LoadOutput(result))
  }

  @Test(
    "No call fails, closed and open loop, one connection and several, old tweets and new texts",
    arguments: [
      [], ["--connections", "2", "--in-flight", "8"], ["--rate", "50", "--connections", "2", "--in-flight", "16"],
      ["--new-text-share", "0.1", "--explain", "--candidates", "200"], ["--id-range", "1-100000"],
    ])
  func noFailures(arguments: [String]) throws {
    let (status, report) = try load(arguments)
    #expect(status == 0 && report.failed == 0 && report.calls > 0)
    #expect(report.candidates == (arguments.contains("200") ? 200 : 500))
    #expect(report.roundTripMicros.p50 > 0 && report.roundTripMicros.p50 <= report.roundTripMicros.max)
    #expect(report.serverMicros.p50 <= report.roundTripMicros.max)
  }

  @Test("An open loop sends at its rate, no faster")
  func rate() throws {
    let (status, report) = try load(["--rate", "40", "--in-flight", "16", "--candidates", "50"])
    #expect(status == 0 && report.failed == 0)
    #expect((30...50).contains(report.calls), "\(report.calls) calls in a second at a rate of 40")
  }

  @Test("Without a server, and with calls that the server refuses, the exit code is 1")
  func failures() throws {
    let refused = try load(["--candidates", "6000", "--id-range", "1-100000"])
    #expect(refused.status == 1 && refused.report.calls == 0 && refused.report.failed > 0)
    try server.stop()
    let result = try runCommand(["--address", server.address, "--duration", "1"], executable: "apus-load")
    #expect(result.status == 1 && result.stderr.contains(server.address) && result.stdout.isEmpty, "\(result)")
  }
}
