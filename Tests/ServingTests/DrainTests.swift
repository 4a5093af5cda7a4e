import ServerSupport
import Testing
import Wire

@testable import Serving

@Suite("Going down")
struct DrainTests {
  @Test("what was taken up is answered, a goodbye says how far, and nobody new is let in")
  func drainAnswersWhatWasTakenUp() throws {
    let gate = Gate()
    let server = try RunningServer(workers: 2, log: GatedLog(gate: gate))
    defer { gate.open() }
    let busy = try server.connect()
    let idle = try server.connect()
    #expect(try idle.ask(.describe(9)).status.code == .ok)
    try busy.send(.record(1, [2, 3]))
    try gate.await(arrivals: 1)
    server.server.stop()
    // The calls before and after the goodbye are on one connection; the idle one has only the goodbye.
    for (client, last) in [(idle, UInt64(9)), (busy, 1)] {
      let goodbye = try client.reply()
      #expect(goodbye.id == 0 && goodbye.goAwayLastCallID == last)
      #expect(goodbye.status.code == .unavailable && goodbye.status.reason == .draining)
      #expect(goodbye.status.retryAfterMillis > 0 && !goodbye.status.executed)
    }
    #expect(try idle.repliesToEnd().isEmpty)
    #expect(throws: TestFailure.self) { try server.connect() }
    gate.open()
    let answers = try busy.repliesToEnd()
    #expect(answers.map(\.id) == [1] && answers[0].recorded == 2)
    try server.stop()
    #expect(server.openConnections == 0)
  }

  @Test("asked a second time it ends at once, with calls unanswered")
  func aSecondStopEndsAtOnce() throws {
    let gate = Gate()
    let server = try RunningServer(log: GatedLog(gate: gate))
    defer { gate.open() }
    let client = try server.connect()
    try client.send(.record(1, [2]))
    try gate.await(arrivals: 1)
    server.server.stop()
    #expect(try client.reply().goAwayLastCallID == 1)
    server.server.stop()
    #expect(try client.repliesToEnd().isEmpty, "the gate is still shut")
    gate.open()
    try server.stop()
    #expect(server.openConnections == 0)
  }

  @Test("what a server was made of is freed when it has ended")
  func isFreed() throws {
    weak var worker: Worker?
    weak var reloader: Reloader?
    do {
      let server = try RunningServer()
      (worker, reloader) = (server.server.workers[0], server.server.reloader)
      #expect(try server.connect().ask(.describe(1)).status.code == .ok)
      try server.stop()
    }
    // Threads that have ended let go a moment later.
    try awaitUntil("all is freed") { worker == nil && reloader == nil }
  }

  @Test("a server that is stopped before it runs ends as soon as it does, and may be stopped again after that")
  func stopBeforeRun() throws {
    let world = try TestWorld.shared()
    let server = try Server(.forTests(model: world.path, state: ""), model: world.model, log: GatedLog())
    server.stop()
    try Background { server.run() }.join()
    server.stop()
  }

  @Test("a server without connections ends when it is asked, with any number of workers", arguments: [1, 2, 5])
  func withoutConnections(workers: Int) throws {
    let server = try RunningServer(workers: workers)
    #expect(try server.describe().workers == UInt32(workers))
    try server.stop()
  }
}
