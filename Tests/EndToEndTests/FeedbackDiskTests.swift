import Feedback
import Foundation
import Glibc
import ServerSupport
import Testing

/// The disk of the feedback log fails under the real server: what the system calls return is changed by strace, and a disk
/// that is full is a small one.
@Suite("Feedback and disks that fail")
struct FeedbackDiskTests {
  private let folder: TemporaryFolder
  private var state: String { folder.file("state") }
  private var trace: String { folder.file("trace") }

  init() throws { folder = try TemporaryFolder() }

  /// A server whose writer's system calls are tampered with; a call is counted by thread, and the writer's first is that
  /// of its first append.
  private func server(tampering injection: String, call: String) throws -> ServerProcess {
    try ServerProcess(
      stateFolder: state,
      under: ["/usr/bin/strace", "-D", "-f", "-y", "-o", trace, "-e", "trace=\(call)"]
        // LeakSanitizer cannot look at a process that is traced.
        + ["-e", "inject=\(call):\(injection)", "-E", "ASAN_OPTIONS=detect_leaks=0"])
  }

  /// The traced calls, in order.
  private func tracedLines() -> [Substring] { textOfFile(trace).split(separator: "\n") }

  private func expectRanked(_ client: RawClient, _ id: UInt64) throws {
    let sample = try SampleModel.shared()
    #expect(try client.ask(.rank(id, user: sample.users[1], sample.candidates(20))).ranking.tweets.count == 20)
  }

  @Test("F66: a flush that fails once: the events go to a new segment, the old one is not flushed again")
  func F66_flushFailsOnce() throws {
    let server = try server(tampering: "error=EIO:when=3", call: "fdatasync")
    var journal = EventJournal()
    for count in 1...8 {
      journal.send(1, to: server.port)
      #expect(journal.acknowledged.count == count)
    }
    #expect(try server.stop() == 0)
    try journal.expectInLog(of: state)
    let lines = tracedLines()
    let failed = try #require(lines.firstIndex { $0.contains("(INJECTED)") })
    let path = try #require(lines[failed].split(separator: "<").last?.split(separator: ">").first)
    #expect(path.hasSuffix("/log-00000000000000000001.segment"))
    #expect(!lines[(failed + 1)...].contains { $0.contains("<\(path)>") }, "flushed again: \(lines)")
    #expect(FileManager.default.fileExists(atPath: state + "/log-00000000000000000021.segment"))
  }

  @Test("F66: a flush that fails twice: feedback is UNAVAILABLE, rankings are served, the next events are safe")
  func F66_flushFailsTwiceInARow() throws {
    let server = try server(tampering: "error=EIO:when=3..4", call: "fdatasync")
    let client = try RawClient(port: server.port)
    for batch in 0..<2 { #expect(try client.ask(EventJournal.call(batch)).code == .ok) }
    let refused = try client.ask(EventJournal.call(2))
    #expect(refused.code == .unavailable && refused.reason == .feedbackLog && !refused.isExecuted, "\(refused)")
    try expectRanked(client, 50)
    for batch in 2..<6 { #expect(try client.ask(EventJournal.call(batch)).code == .ok) }
    #expect(try server.stop() == 0)
    var journal = EventJournal()
    let again = try ServerProcess(stateFolder: state)
    journal.send(6, to: again.port)
    #expect(try again.stop() == 0)
    try journal.expectInLog(of: state)
  }

  @Test("F67: writes that are interrupted are tried again; those that fail are refused, cut off, and asked for again")
  func F67_writesThatFail() throws {
    for (error, code) in [("EINTR", Code.ok), ("EAGAIN", .resourceExhausted), ("EIO", .resourceExhausted)] {
      let server = try server(tampering: "error=\(error):when=2+3", call: "pwrite64")
      let client = try RawClient(port: server.port)
      var refusals = 0
      for batch in 0..<12 {
        var reply = try client.ask(EventJournal.call(batch))
        while reply.code != .ok {
          #expect(reply.code == code && reply.reason == .feedbackLog && reply.retryAfterMillis > 0, "\(reply)")
          refusals += 1
          if refusals > 40 { throw TestFailure("\(reply)") }
          reply = try client.ask(EventJournal.call(batch))
        }
      }
      #expect((refusals > 0) == (error != "EINTR"), "\(error): \(refusals)")
      #expect(tracedLines().contains { $0.contains("(INJECTED)") })
      #expect(try server.stop() == 0)
      var journal = EventJournal()
      let again = try ServerProcess(stateFolder: state)
      journal.send(12, to: again.port)
      #expect(try again.stop() == 0)
      try journal.expectInLog(of: state)
      try FileManager.default.removeItem(atPath: state)
    }
  }

  @Test("F68: while a flush takes its time rankings are served, what is too much is refused, what was taken is safe")
  func F68_slowFlush() throws {
    let server = try server(tampering: "delay_enter=120000000:when=3", call: "fdatasync")
    let first = try RawClient(port: server.port)
    for batch in 0..<2 { #expect(try first.ask(EventJournal.call(batch)).code == .ok) }
    // The flush of this one waits.
    try first.send(EventJournal.call(2))
    // Two of them at the start, and then one for each call.
    let end = ContinuousClock.now + .seconds(30)
    while tracedLines().count < 5, ContinuousClock.now < end { usleep(5_000) }
    // Three connections have more in flight than may wait for the disk; one alone is not read on when it has as much as
    // seven such calls in flight.
    var flood = try EventFlood(port: server.port, connections: 3)
    try flood.send()
    let refusals = try flood.readUntilRefused(8)
    #expect(refusals.allSatisfy { $0.reason == .feedbackLog && $0.retryAfterMillis > 0 && !$0.isExecuted })
    #expect(refusals.allSatisfy { $0.message == "more than 65536 events wait to be recorded" })
    #expect(flood.acknowledged.isEmpty)
    let client = try RawClient(port: server.port)
    for id in 1...20 { try expectRanked(client, UInt64(id)) }
    // The disk is itself again: the delay ends with who makes it.
    kill(try tracer(of: server.pid), SIGKILL)
    #expect(try first.readReply(seconds: 60).id == 3)
    try flood.finish()
    #expect(try server.stop() == 0)
    let again = try ServerProcess(stateFolder: state)
    let description: DescribeOutput = try again.answer(["describe"])
    #expect(description.eventsRecorded == UInt64(30 + flood.events))
    #expect(try again.stop() == 0)
    var times: [UInt64: Int] = [:]
    _ = try LogReader(folder: state).read { entry, _ in
      if case .event(let event, _) = entry { times[event.requestID, default: 0] += 1 }
    }
    #expect(times.count == 30 + flood.events && times.values.allSatisfy { $0 == 1 })
  }

  /// The process that watches the server's system calls.
  private func tracer(of pid: pid_t) throws -> pid_t {
    let lines = textOfFile("/proc/\(pid)/status").split(separator: "\n")
    let words = lines.first { $0.hasPrefix("TracerPid:") }?.split(whereSeparator: \.isWhitespace)
    guard let tracer = words?.last.flatMap({ pid_t($0) }), tracer > 0 else { throw TestFailure("nobody traces \(pid)") }
    return tracer
  }

  @Test("F65: on a full disk feedback is refused, all rankings are served, and it heals when there is room")
  func F65_smallDisk() throws {
    // A disk of 1 MiB that only the server sees, and that goes with it.
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    let space = geteuid() == 0 ? "-m" : "-rm"
    let server = try ServerProcess(
      stateFolder: state,
      under: [
        "/usr/bin/unshare", space, "/bin/sh", "-c", "mount -t tmpfs -o size=1m tmpfs \"$0\" && exec \"$@\"", state,
      ])
    let disk = "/proc/\(server.pid)/root\(state)"
    let client = try RawClient(port: server.port)
    var (batch, refusals) = (0, 0)
    var acknowledged: Set<Int> = []
    while refusals < 30, batch < 4_000 {
      let reply = try client.ask(EventJournal.call(batch))
      if reply.code == .ok {
        acknowledged.insert(batch)
      } else {
        #expect(reply.code == .resourceExhausted && reply.reason == .feedbackLog && !reply.isExecuted, "\(reply)")
        #expect(reply.retryAfterMillis > 0)
        refusals += 1
      }
      try expectRanked(client, UInt64(100_000 + batch))
      batch += 1
    }
    #expect(refusals == 30 && acknowledged.count > 500, "\(acknowledged.count) batches had room")
    // Room is made by making the disk larger.
    let spaces = geteuid() == 0 ? ["-m"] : ["-U", "-m", "--preserve-credentials"]
    let grown = try ChildProcess(
      "/usr/bin/nsenter", ["-t", "\(server.pid)"] + spaces + ["/bin/mount", "-o", "remount,size=8m", state])
    #expect(try grown.wait() == 0, "\(grown.standardError)")
    for more in batch..<batch + 50 {
      #expect(try client.ask(EventJournal.call(more)).code == .ok)
      acknowledged.insert(more)
    }
    let copy = folder.file("copy")
    server.signal(SIGSTOP)
    try FileManager.default.copyItem(atPath: disk, toPath: copy)
    server.signal(SIGCONT)
    #expect(try server.stop() == 0)
    try EventJournal(acknowledged: acknowledged).expectInLog(of: copy)
    #expect(try runCommand(["log", "verify", copy]).status == 0)
  }
}
