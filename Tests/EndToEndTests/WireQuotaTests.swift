import Glibc
import ServerSupport
import Testing

/// A server from which most of its processor is taken. How fast it adapts is in the tests of the admission, whose clock is
/// simulated; here the kernel does it.
@Suite("A server with a quota of processor time", .serialized)
struct WireQuotaTests {
  @Test(
    "with a fifth of the processor, what is admitted is answered in time; without the quota all is again",
    .enabled(if: CPUQuota.isPermitted, "control groups can be made"))
  func F42_quota() throws {
    let quota = try CPUQuota(share: 0.2)
    // Its last use is before the server's end, which it must outlive.
    defer { withExtendedLifetime(quota) {} }
    let server = try ServerProcess(["--workers", "1"])
    let saturation = try load(server, ["--duration", "1", "--in-flight", "16"]).callsPerSecond
    func offer(_ share: Double, seconds: Int) throws -> LoadOutput {
      try load(server, ["--rate", "\(Int(share * saturation))", "--connections", "16", "--duration", "\(seconds)"])
    }
    try #require(quota.hold(server.pid))
    let squeezed = try offer(1.5, seconds: 4)
    let reasons = Set(squeezed.failures.map(\.status))
    #expect(reasons.contains("RESOURCE_EXHAUSTED"))
    // A client that a busy machine holds up for as long as a call may take does not send it.
    #expect(
      reasons.isSubset(of: ["RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED", "client: not sent"]), "\(squeezed.failures)")
    #expect(squeezed.calls > 0 && Double(squeezed.inBudget) >= 0.9 * Double(squeezed.calls), "\(squeezed)")
    try #require(quota.lift())
    usleep(1_000_000)
    let after = try offer(0.3, seconds: 2)
    #expect(Double(after.inBudget) >= 0.99 * Double(after.offered), "\(after)")
    #expect(try server.stop() == 0, "\(server.standardError.suffix(4_000))")
  }

  private func load(_ server: ServerProcess, _ arguments: [String]) throws -> LoadOutput {
    try LoadOutput(
      runCommand(
        ["--address", server.address, "--candidates", "200", "--json"] + arguments, executable: "apus-load"))
  }
}
