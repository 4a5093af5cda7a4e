import Foundation
import Glibc
import ServerSupport
import Testing

/// What was acknowledged is in the log once, however the server or the connection dies.
@Suite("Feedback and deaths")
struct FeedbackCrashTests {
  private let folder: TemporaryFolder
  private var state: String { folder.file("state") }

  init() throws { folder = try TemporaryFolder() }

  @Test("F61: kill -9 at random instants under load: every acknowledged event is there exactly once")
  func F61_killedUnderLoad() throws {
    var dice = Dice(61)
    var journal = EventJournal()
    var (deaths, deathsInFlight) = (0, 0)
    // On a machine that is busy with other things servers live longer before much has come of them.
    while deaths < 15 || deaths < 60 && (deathsInFlight == 0 || journal.acknowledged.count <= 15) {
      let server = try ServerProcess(stateFolder: state)
      deaths += 1
      let delay = UInt32(2_000 + dice.below(150_000) * (1 + deaths / 15))
      let killer = Thread { [server] in
        usleep(delay)
        server.signal(SIGKILL)
      }
      killer.start()
      journal.send(100_000, to: server.port)
      #expect(try server.wait() == 128 + SIGKILL)
      if !journal.pending.isEmpty { deathsInFlight += 1 }
      try journal.expectInLog(of: state)
      // Some replies are lost on the way too.
      journal.forgetAcknowledgements(3)
    }
    #expect(deathsInFlight > 0 && journal.acknowledged.count > 15)
    let last = try ServerProcess(stateFolder: state)
    journal.send(1, to: last.port)
    #expect(journal.pending.isEmpty)
    #expect(try last.stop() == 0)
    try journal.expectInLog(of: state)
    #expect(try runCommand(["log", "verify", state]).status == 0)
  }

  @Test("F69: events that are sent again because their reply was lost are stored once, also after a restart")
  func F69_lostReply() throws {
    var server = try ServerProcess(stateFolder: state)
    for round in 0..<20 {
      let client = try RawClient(port: server.port)
      try client.send(EventJournal.call(round))
      client.reset()
      if round % 5 == 4 {
        server.signal(round % 2 == 0 ? SIGKILL : SIGTERM)
        _ = try server.wait()
        server = try ServerProcess(stateFolder: state)
      }
      for _ in 0..<2 {
        let reply = try RawClient(port: server.port).ask(EventJournal.call(round))
        guard case .recorded(let answer) = reply.result, reply.code == .ok else { throw TestFailure("\(reply)") }
        #expect(answer.recorded == 0 || answer.recorded == 10)
      }
    }
    #expect(try server.stop() == 0)
    var journal = EventJournal()
    let again = try ServerProcess(stateFolder: state)
    journal.send(20, to: again.port)
    #expect(journal.acknowledged.count == 20)
    #expect(try again.stop() == 0)
    try journal.expectInLog(of: state)
  }

  @Test(
    "F71: where the snapshot is lost or broken the state is folded from the log, and is the same",
    arguments: [false, true])
  func F71_lostSnapshot(isBroken: Bool) throws {
    var server = try ServerProcess(stateFolder: state)
    for _ in 0..<3 { try server.record("like", tweet: "t") }
    let expected = try server.banditTerm(of: "t")
    #expect(try server.stop() == 0)
    let snapshot = state + "/snapshot"
    if isBroken {
      try write(Array(contents(snapshot).dropLast(7)), to: snapshot)
    } else {
      try FileManager.default.removeItem(atPath: snapshot)
    }
    let verified = try runCommand(["log", "verify", state])
    #expect(verified.status == (isBroken ? 65 : 0), "\(verified)")
    server = try ServerProcess(stateFolder: state)
    #expect(server.standardError.contains("feedback is folded from the whole log instead") == isBroken)
    #expect(try server.banditTerm(of: "t") == expected)
    #expect(try server.record("like", tweet: "t") == 4)
    #expect(try server.stop() == 0)
    #expect(try runCommand(["log", "verify", state]).stdout.contains("Snapshot and log agree"))
  }

  @Test("F71: where the file node is lost the server takes its name from the log, says so, and counts nothing twice")
  func F71_lostNode() throws {
    var server = try ServerProcess(stateFolder: state)
    for _ in 0..<3 { try server.record("like", tweet: "t") }
    let expected = try server.banditTerm(of: "t")
    #expect(try server.stop() == 0)
    let node = try contents(state + "/node")
    try FileManager.default.removeItem(atPath: state + "/node")
    #expect(try runCommand(["log", "verify", state]).stdout.contains("the file node is missing"))
    server = try ServerProcess(stateFolder: state)
    #expect(server.standardError.contains("the file node was missing"))
    #expect(try server.banditTerm(of: "t") == expected)
    #expect(try server.record("like", tweet: "t") == 4)
    #expect(try server.stop() == 0)
    #expect(try contents(state + "/node") == node)
    #expect(try runCommand(["log", "verify", state]).stdout.contains("Snapshot and log agree"))
    // Another folder's.
    try write(Array("0123456789abcdef\n".utf8), to: state + "/node")
    let sample = try SampleModel.shared()
    let refused = try runCommand(["serve", "--model", sample.modelPath, "--listen", "127.0.0.1:0", "--state", state])
    #expect(refused.status == 65 && refused.stderr.contains("belongs to node"), "\(refused)")
  }
}
