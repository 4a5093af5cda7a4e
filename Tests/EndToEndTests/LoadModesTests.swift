import Foundation
import ServerSupport
import Testing

/// What apus-load can do beside a plain load, against a real server. No speed is judged.
@Suite("apus-load's modes against a real server", .serialized)
struct LoadModesTests {
  private let server: ServerProcess
  private let folder: TemporaryFolder

  init() throws {
    server = try ServerProcess(["--workers", "1"])
    folder = try TemporaryFolder()
  }

  /// Runs apus-load to its end; the budget is one that a busy machine keeps, where `arguments` name none.
  private func load(_ arguments: [String]) throws -> (status: Int32, report: LoadOutput) {
    let budget = arguments.contains("--budget") ? [] : ["--budget", "1000"]
    let result = try runCommand(
      ["--address", server.address, "--warmup", "0.2", "--candidates", "20", "--json"] + budget + arguments,
      executable: "apus-load")
    return (result.status, try LoadOutput(result))
  }

  @Test(
    "Steps, ramps and pauses offer what the profile says, and say what became of each piece",
    arguments: [[], ["--poisson"]])
  func profiles(more: [String]) throws {
    let (_, report) = try load(["--connections", "4", "--profile", "1s@60,step 500ms@0,ramp 1s@0..120"] + more)
    #expect(report.arrivals == (more.isEmpty ? "constant" : "poisson"))
    #expect(report.steps.count == 3 && report.durationSeconds == 2.5)
    if more.isEmpty {
      #expect(report.offered == 120 && report.steps[1].offeredPerSecond == 0, "\(report.steps)")
      #expect(abs(report.steps[0].offeredPerSecond - report.steps[2].offeredPerSecond) <= 2)
    } else {
      // 120 expected, with a deviation of 11.
      #expect((60...180).contains(report.offered))
    }
    #expect(report.timeline.reduce(0) { $0 + $1.offered } == report.offered)
  }

  @Test("Multiples of the saturation are of what was measured before, or of what was given")
  func multiples() throws {
    let (_, measured) = try load(
      ["--connections", "2", "--rate", "0.1x", "--duration", "1", "--saturate-seconds", "0.5"])
    let saturation = try #require(measured.saturation)
    #expect(saturation > 0)
    #expect(abs(Double(measured.offered) - saturation * 0.1) <= 2)
    let (_, given) = try load(["--profile", "1s@0.5x", "--saturation", "80"])
    #expect(given.saturation == 80 && given.offered == 40)
  }

  @Test("Several processes measure together what one would: no call is lost or counted twice")
  func processes() throws {
    let (status, report) = try load(
      ["--processes", "3", "--threads", "2", "--connections", "7", "--rate", "210", "--duration", "1"])
    #expect(report.offered == 210 && report.calls + report.failed == 210 && report.processes == 3)
    #expect(report.timeline.reduce(0) { $0 + $1.offered } == 210)
    #expect(status == (report.failed == 0 ? 0 : 1))
    #expect(report.roundTripMicros.p50 > 0 && report.roundTripMicros.p50 <= report.roundTripMicros.p99_99)
    let closed = try load(["--processes", "2", "--connections", "2", "--duration", "0.5"])
    #expect(closed.status == 0 && closed.report.calls > 0)
    let none = try runCommand(
      ["--address", "127.0.0.1:1", "--processes", "2", "--connections", "2"], executable: "apus-load")
    #expect(none.status == 1 && none.stderr.contains("127.0.0.1:1"), "\(none)")
  }

  @Test("Calls of every length, class and budget are answered, with texts and without")
  func mixes() throws {
    let (status, report) = try load([
      "--candidates", "1:5,50:4,500:1", "--classes", "critical:1,default:2,sheddable:1", "--new-text-share", "0.2",
      "--budget", "900:1,1000:1", "--connections", "2", "--rate", "100", "--duration", "1",
    ])
    #expect(report.calls + report.failed == 100 && report.calls > 0 && report.classes.count == 3, "\(report)")
    #expect(status == (report.failed == 0 ? 0 : 1) && report.classes.reduce(0) { $0 + $1.offered } == 100)
  }

  @Test(
    "Connections that misbehave are cut off by the server and come back, beside calls that are answered",
    arguments: ["--garbage", "--tricklers", "--slow-readers", "--ping-floods"])
  func hostile(kind: String) throws {
    let (_, report) = try load([
      kind, "5", "--rate", "40", "--connections", "2", "--duration", kind == "--tricklers" ? "4" : "1.5",
    ])
    let line = try #require(report.hostile.first)
    #expect(report.hostile.count == 1 && line.connections == 5 && line.bytesSent > 0)
    #expect(line.opened >= 5 && line.failedToOpen == 0)
    // Of whole frames, only what no server takes ends a connection; others may be slowed down instead.
    if kind == "--garbage" || kind == "--tricklers" { #expect(line.endedByServer > 0 && line.opened > 5) }
    #expect(report.calls > 0)
    try expectToServe(server)
  }

  @Test("A stop of the server is in the percentiles of all calls that it hit, not only of those in flight")
  func stopped() throws {
    let child = try ChildProcess(
      Executables.path("apus-load"),
      [
        "--address", server.address, "--connections", "1", "--in-flight", "4", "--candidates", "20", "--rate", "100",
        "--duration", "8", "--warmup", "0", "--budget", "30000", "--json",
      ])
    // The server has been asked for its tweets, and calls have begun to arrive.
    try server.awaitUntil("calls arrive") { try Self.answered(at: server) > 20 }
    server.signal(SIGSTOP)
    usleep(2_000_000)
    server.signal(SIGCONT)
    let status = try child.wait()
    let report = try LoadOutput((status, child.standardOutput, child.standardError))
    // Of 800 calls, 200 arrived during the two seconds; only four were in flight, so a client that waits for replies before it
    // sends would have measured four long times.
    #expect(report.offered == 800 && report.calls + report.failed == 800)
    #expect(report.answeredMicros.max > 1_900_000)
    #expect(report.answeredMicros.p90 > 1_000_000, "\(report.answeredMicros)")
    #expect(report.lateShare > 0.2)
  }

  @Test("A run that was recorded is replayed, call for call, at its pace or another")
  func replay() throws {
    let path = folder.file("calls")
    let (_, first) = try load([
      "--record", path, "--rate", "100", "--duration", "1", "--connections", "3", "--warmup", "0",
    ])
    #expect(first.offered == 100)
    for speed in ["1", "4"] {
      let (_, again) = try load(["--replay", path, "--speed", speed])
      #expect(again.offered == 100 - first.failed && again.arrivals == "replay" && again.connections == 3)
      #expect(again.calls + again.failed == again.offered && again.calls > 0)
    }
    let shared = try load(["--replay", path, "--processes", "2", "--connections", "4"])
    #expect(shared.report.offered == 100 - first.failed)
    try Data("nonsense".utf8).write(to: URL(fileURLWithPath: path))
    let refused = try runCommand(["--address", server.address, "--replay", path], executable: "apus-load")
    #expect(refused.status == 1 && refused.stderr.contains("is not a recording"))
  }

  @Test("A proxy passes on what others say and records it, until it is told to stop")
  func proxy() throws {
    let path = folder.file("traffic")
    let proxy = try ChildProcess(
      Executables.path("apus-load"),
      ["--address", server.address, "--record", path, "--proxy-listen", "127.0.0.1:0", "--duration", "300"])
    try awaitUntil("the proxy listens", seconds: 30 * Executables.patience) {
      proxy.standardError.contains("listening on ")
    }
    let address = try #require(
      proxy.standardError.components(separatedBy: "listening on ").last?.split(separator: " ").first.map(String.init))
    let through = try runCommand(
      [
        "--address", address, "--connections", "3", "--rate", "50", "--duration", "1", "--warmup", "0", "--budget",
        "1000",
      ],
      executable: "apus-load")
    #expect(through.status == 0, "\(through)")
    let described = try runCommand(["describe", "--address", address])
    #expect(described.status == 0)
    proxy.signal(SIGTERM)
    #expect(try proxy.wait() == 0)
    let (_, again) = try load(["--replay", path])
    // 50 rankings, and what the clients asked about the server.
    #expect(again.offered > 50 && again.calls >= 50, "\(again)")
  }

  @Test("Conditions decide the exit code, and say why")
  func conditions() throws {
    let basis = ["--address", server.address, "--rate", "50", "--duration", "0.5", "--warmup", "0", "--budget", "1000"]
    let fine = try runCommand(basis + ["--fail-if", "p99<0ms", "--fail-if", "offered<1"], executable: "apus-load")
    #expect(fine.status == 0, "\(fine)")
    let bad = try runCommand(basis + ["--fail-if", "p50>0.001ms"], executable: "apus-load")
    #expect(bad.status == 2 && bad.stderr.contains("failed: p50>0.001ms: it is "), "\(bad)")
    let usage = try runCommand(["--fail-if", "p50"], executable: "apus-load")
    #expect(usage.status == 64)
  }

  @Test("The plot is drawn after the table")
  func plot() throws {
    let result = try runCommand(
      ["--address", server.address, "--duration", "1", "--warmup", "0", "--plot", "--bin-millis", "10"],
      executable: "apus-load")
    #expect(result.stdout.contains("█") && result.stdout.contains("in budget"), "\(result)")
  }

  private static func answered(at server: ServerProcess) throws -> Int {
    let result = try runCommand(["describe", "--address", server.address, "--json"])
    let fields = try JSONSerialization.jsonObject(with: Data(result.stdout.utf8)) as? [String: Any]
    return fields?["callsAnswered"] as? Int ?? 0
  }
}
