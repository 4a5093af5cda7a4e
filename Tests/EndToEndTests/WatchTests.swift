import Foundation
import Glibc
import ServerSupport
import Testing

/// What happens to the process as a whole: it crashes, its loop stands still, its memory ends, nobody reads what it says.
@Suite("A server that is watched")
struct WatchTests {
  /// The thread of the first worker.
  private func workerThread(_ server: ServerProcess) throws -> String {
    let folder = "/proc/\(server.pid)/task"
    var found: String?
    // The server listens a little before its threads run.
    try server.awaitUntil("a thread is called worker-0") {
      found = try FileManager.default.contentsOfDirectory(atPath: folder).first {
        textOfFile("\(folder)/\($0)/comm") == "worker-0\n"
      }
      return found != nil
    }
    return try #require(found)
  }

  /// Holds a worker's loop up: strace delays its next wait for news by so many seconds.
  private func hold(_ server: ServerProcess, seconds: Int) throws -> ChildProcess {
    let calls = "epoll_wait,epoll_pwait"
    return try ChildProcess(
      "/usr/bin/strace",
      ["-o", "/dev/null", "-e", "trace=\(calls)", "-e", "inject=\(calls):delay_enter=\(seconds)000000"]
        + ["-p", workerThread(server)])
  }

  @Test("F76: a loop that stands still is reported and counted, and goes on when it can")
  func F76_aStallIsReported() throws {
    try withServer { server in
      let holder = try hold(server, seconds: 2)
      try server.awaitUntil("the stall is reported") {
        server.standardError.contains("apus: worker 0 stands still: its loop has not turned for ")
      }
      holder.signal(SIGINT)
      _ = try holder.wait()
      try server.awaitUntil("the loop goes on") { server.standardError.contains("apus: worker 0 goes on after ") }
      try expectToServe(server)
      let stats: StatsOutput = try server.answer(["stats", "--once"])
      #expect(stats.loopStalls >= 1)
    }
  }

  @Test("F76: after as long as asked for the process ends, with an exit code of its own, and leaves a trace")
  func F76_theWatchdogEndsTheProcess() throws {
    let folder = try TemporaryFolder()
    let server = try ServerProcess(["--watchdog-exit-seconds", "1"], stateFolder: folder.file("state"))
    try server.awaitUntil("the trace is there") { FileManager.default.fileExists(atPath: folder.file("state/running")) }
    let holder = try hold(server, seconds: 600)
    try server.awaitUntil("the watchdog has had enough") {
      if let status = holder.poll() { throw TestFailure("strace ended with \(status): \(holder.standardError)") }
      return server.standardError.contains("between calls: ending the process\n")
    }
    // A process ends only when who traces it has heard of it.
    holder.signal(SIGKILL)
    #expect(try server.wait() == 79, "\(server.standardError)")
    let again = try ServerProcess(stateFolder: folder.file("state"))
    #expect(again.standardError.contains("ended by the watchdog"), "\(again.standardError)")
    try expectToServe(again)
    #expect(try again.stop() == 0)
  }

  @Test("F76: a supervisor hears that the server is ready, alive, and stopping")
  func F76_theSupervisorIsTold() throws {
    let folder = try TemporaryFolder()
    let socket = try NotifySocket(path: folder.file("notify"))
    let server = try ServerProcess(
      under: ["/usr/bin/env", "NOTIFY_SOCKET=\(folder.file("notify"))", "WATCHDOG_USEC=200000"])
    #expect(try socket.next() == "READY=1")
    for _ in 0..<3 { #expect(try socket.next() == "WATCHDOG=1") }
    #expect(try server.stop() == 0)
    var told = try socket.next()
    while told == "WATCHDOG=1" { told = try socket.next() }
    #expect(told == "STOPPING=1")
  }

  @Test(
    "F76: a socket that is not there, or no socket's name, disturbs nobody",
    arguments: ["/nowhere/at/all", "@absent", "x", "/"])
  func F76_noSupervisor(name: String) throws {
    let server = try ServerProcess(under: ["/usr/bin/env", "NOTIFY_SOCKET=\(name)", "WATCHDOG_USEC=1"])
    try expectToServe(server)
    #expect(try server.stop() == 0)
  }

  @Test("F75: after a crash the next start answers, and says what the last run was", arguments: [SIGILL, SIGKILL])
  func F75_crash(signal: Int32) throws {
    let folder = try TemporaryFolder()
    let state = folder.file("state")
    let server = try ServerProcess(stateFolder: state, under: ["/usr/bin/env", "SWIFT_BACKTRACE=enable=no"])
    try expectToServe(server)
    try server.awaitUntil("the trace is there") { FileManager.default.fileExists(atPath: "\(state)/running") }
    let pid = server.pid
    server.signal(signal)
    #expect(try server.wait() != 0)
    let again = try ServerProcess(stateFolder: state)
    try expectToServe(again)
    let note = "apus: the last run did not end in order: version 0.1.0, model "
    #expect(again.standardError.hasPrefix(note) && again.standardError.contains(", process \(pid), started "))
    let described = try again.ask(["describe"])
    #expect(described.stdout.contains("process \(pid), started "), "\(described)")
    #expect(try again.stop() == 0)
    #expect(!FileManager.default.fileExists(atPath: "\(state)/running"))
    let third = try ServerProcess(stateFolder: state)
    #expect(!third.standardError.contains("last run"))
    #expect(try third.stop() == 0)
  }

  @Test("F45: short of memory, connections and rankings are refused and the process lives; then all is as ever")
  func F45_memoryEnds() throws {
    let sample = try SampleModel.shared()
    let resident: UInt64 = try {
      let server = try ServerProcess()
      defer { _ = try? server.stop() }
      let stats: StatsOutput = try server.answer(["stats", "--once"])
      return stats.residentBytes
    }()
    // The server may have 40 MiB more than it needs, and frames of 64 MiB that never complete.
    try withServer(["--memory-limit", "\(resident + (40 << 20))"]) { server in
      let client = try RawClient(port: server.port)
      func rank(_ id: UInt64) throws -> ReplyMessage {
        try client.ask(.rank(id, user: sample.users[1], sample.candidates(20)))
      }
      let beginning = Frame.prefix(1 << 20) + [UInt8](repeating: 8, count: (1 << 20) - 1)
      var id: UInt64 = 0
      var refusal: ReplyMessage?
      try server.awaitUntil("rankings are refused") {
        let hoarders = (0..<64).compactMap { _ in try? RawClient(port: server.port) }
        for hoarder in hoarders { try? hoarder.send(beginning) }
        for _ in 0..<40 where refusal == nil {
          id += 1
          let reply = try rank(id)
          if reply.code != .ok { refusal = reply } else { usleep(20_000) }
        }
        guard let refusal else { return false }
        expectRefusal(refusal, id: id, .resourceExhausted, .memory)
        let newcomer = try RawClient(port: server.port)
        #expect(try newcomer.readToEnd().replies.allSatisfy { $0.reason == .memory })
        return withExtendedLifetime(hoarders) { true }
      }
      #expect((refusal?.retryAfterMillis ?? 0) > 0)
      try server.awaitUntil("rankings are answered again") {
        id += 1
        return try rank(id).code == .ok
      }
      try server.awaitUntil("connections are taken again") {
        (try? RawClient(port: server.port).ask(.describe(1)).code) == .ok
      }
      #expect(server.standardError.contains("new connections and rankings are refused\n"))
    }
  }

  @Test("F82: standard error that nobody reads holds nothing up, not even the end")
  func F82_blockedStandardError() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("stderr.pipe")
    #expect(mkfifo(path, 0o600) == 0)
    // Both ends, so that neither side ever sees the other gone.
    let pipe = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    defer { close(pipe) }
    let sample = try SampleModel.shared()
    let server = try ChildProcess(
      "/bin/sh",
      ["-c", "exec \"$0\" \"$@\" 2> \"$STDERR_PIPE\"", Executables.path("apus"), "serve", "--model", sample.modelPath]
        + ["--listen", "127.0.0.1:0", "--state", folder.file("state"), "--now", "model"],
      environment: ["STDERR_PIPE": path])
    var said = ""
    var chunk = [UInt8](repeating: 0, count: 4_096)
    let end = ContinuousClock.now + .seconds(60 * Executables.patience)
    while !said.contains("\n"), ContinuousClock.now < end {
      let count = read(pipe, &chunk, chunk.count)
      if count > 0 { said += String(decoding: chunk[..<count], as: UTF8.self) } else { usleep(5_000) }
    }
    let port = try #require(UInt16(said.prefix { $0 != ";" }.split(separator: ":").last ?? ""), "\(said)")
    // From here on nobody reads, and the pipe has no room for a single byte.
    while write(pipe, &chunk, chunk.count) > 0 {}
    while write(pipe, &chunk, 1) > 0 {}
    let client = try RawClient(port: port)
    for id in UInt64(1)...200 {
      #expect(try client.ask(.rank(id, user: sample.users[1], sample.candidates(20))).code == .ok)
    }
    server.signal(SIGTERM)
    #expect(try server.wait() == 0)
  }
}
