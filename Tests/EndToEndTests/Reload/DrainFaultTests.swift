import Feedback
import Foundation
import Glibc
import ServerSupport
import Testing

@Suite("Going down under load")
struct DrainFaultTests {
  @Test("F73: servers are told to go down in turns under load: clients go to the other one, and no call fails")
  func F73_drainsUnderLoad() throws {
    let folder = try TemporaryFolder()
    func start(_ index: Int) throws -> ServerProcess {
      try ServerProcess(["--epsilon", "0", "--workers", "2"], stateFolder: folder.file("\(index)"))
    }
    var servers = try (0..<2).map(start)
    let fleet = Fleet(servers.map(\.port))
    let clients = (0..<3).map { number in Background { try ReroutingClient.run(fleet, number: number) } }
    for round in 0..<6 {
      usleep(200_000)
      #expect(try servers[round % 2].stop() == 0, "\(servers[round % 2].standardError)")
      servers[round % 2] = try start(round % 2)
      fleet.set(round % 2, servers[round % 2].port)
    }
    fleet.stop()
    var batches: Set<Int> = []
    for client in clients {
      let (answered, acknowledged) = try client.join()
      #expect(answered > 0)
      batches.formUnion(acknowledged)
    }
    for server in servers { #expect(try server.stop() == 0) }
    // Every acknowledged event is in the log of one of them, once.
    var times: [UInt64: Int] = [:]
    for index in 0..<2 {
      let contents = try LogReader(folder: folder.file("\(index)")).read { entry, _ in
        if case .event(let event, _) = entry { times[event.requestID, default: 0] += 1 }
      }
      #expect(contents.damages.isEmpty)
    }
    #expect(!batches.isEmpty && times.count == batches.count * EventJournal.size)
    #expect(times.values.allSatisfy { $0 == 1 })
  }

  @Test("F73: a supervisor is told when the server is ready, reloads and goes down")
  func F73_supervisor() throws {
    let folder = try TemporaryFolder()
    let supervisor = try NotifySocket(path: folder.file("notify"))
    let server = try ServerProcess(
      stateFolder: folder.file("state"), under: ["/usr/bin/env", "NOTIFY_SOCKET=\(folder.file("notify"))"])
    #expect(try supervisor.next() == "READY=1")
    server.signal(SIGHUP)
    let reload = try supervisor.next().split(separator: "\n")
    #expect(reload.first == "RELOADING=1" && reload.last?.hasPrefix("MONOTONIC_USEC=") == true)
    #expect(try supervisor.next() == "READY=1")
    #expect(try server.stop() == 0)
    #expect(try supervisor.next() == "STOPPING=1")
  }

  /// A server with a call in flight that its disk holds up, and the connection that waits for it.
  private func stuck(_ folder: TemporaryFolder) throws -> (ServerProcess, RawClient) {
    let disk = try PreloadedLibrary("hang_flushes", in: folder)
    let server = try ServerProcess(stateFolder: folder.file("state"), under: ["/usr/bin/env", disk.setting])
    let client = try RawClient(port: server.port)
    for batch in 0..<2 { #expect(try client.ask(EventJournal.call(batch)).code == .ok) }
    try client.send(EventJournal.call(2))
    // Another call is answered, so the one before was taken up.
    #expect(try client.ask(.describe(99)).code == .ok)
    return (server, client)
  }

  /// What was acknowledged is in the log, which is sound, and another server can go on from it.
  private func expectSound(_ folder: TemporaryFolder) throws {
    let state = folder.file("state")
    try EventJournal(acknowledged: [0, 1]).expectInLog(of: state)
    #expect(try runCommand(["log", "verify", state]).status == 0)
    let again = try ServerProcess(stateFolder: state)
    #expect(try RawClient(port: again.port).ask(EventJournal.call(7)).code == .ok)
    #expect(try again.stop() == 0)
  }

  @Test("F74: asked again and again, a server whose disk hangs ends without waiting for it, and its log is sound")
  func F74_askedAgain() throws {
    let folder = try TemporaryFolder()
    let (server, client) = try stuck(folder)
    server.signal(SIGTERM)
    #expect(try client.readReply().goAwayLastCallID == 99)
    #expect(server.isRunning)
    for _ in 0..<200 where server.isRunning {
      server.signal(SIGTERM)
      usleep(20_000)
    }
    #expect(try server.wait() == 0, "\(server.standardError)")
    #expect(server.standardError.contains("ended before the feedback log was closed"))
    try expectSound(folder)
  }

  @Test("F74: asked once, a server whose disk hangs ends after its time, and its log is sound")
  func F74_timeIsOver() throws {
    let folder = try TemporaryFolder()
    let (server, client) = try stuck(folder)
    #expect(try server.stop(seconds: 60) == 0, "\(server.standardError)")
    let (_, goodbye) = try expectGoodbye(client, .draining)
    #expect(goodbye.goAwayLastCallID == 99)
    #expect(server.standardError.contains("ended before the feedback log was closed"))
    try expectSound(folder)
  }
}
