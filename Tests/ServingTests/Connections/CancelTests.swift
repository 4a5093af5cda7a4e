import ServerSupport
import Glibc
import Testing
import Wire

@testable import Serving

@Suite("Connections that end with calls in flight, and what connections hold")
struct CancelTests {
  @Test("a storm of connections that are reset with calls in flight has its client turned away")
  func F12_resetStorm() throws {
    var limits = Limits()
    limits.cancelsPer10Seconds = 20
    let gate = Gate()
    let folder = try TemporaryFolder()
    let socket = folder.file("socket")
    let server = try RunningServer(limits: limits, log: GatedLog(gate: gate)) { $0.otherAddresses = ["unix:\(socket)"] }
    defer { gate.open() }
    // Their calls wait for the log, so that every one of them is in flight when its connection ends.
    for number in 1...20 {
      let client = try server.connect()
      try client.send([.record(1, [1]), .describe(2)])
      #expect(try client.reply().id == 2, "the first call is taken up, \(number)")
      client.reset()
    }
    try server.awaitConnections(0)
    let goodbyes = try server.connect().repliesToEnd()
    #expect(goodbyes.map(\.status.reason) == [.tooManyCancels] && goodbyes.first?.status.retryAfterMillis == 10_000)
    // Another client is served, and sees what was cut off.
    let other = try Client(path: socket)
    let description = try #require(try other.ask(.describe(1)).description)
    #expect(description.callsCancelled == 20 && description.connectionsRefused == 1)
    other.close()
    gate.open()
    try server.stop()
  }

  @Test("never are more calls of a connection in flight than the cap, however many it sends")
  func F12_callsInFlight() throws {
    var limits = Limits()
    limits.callsInFlight = 3
    let gate = Gate()
    try withServer(limits: limits, log: GatedLog(gate: gate)) { server in
      defer { gate.open() }
      let client = try server.connect()
      // The first three wait for the log, and so the fourth, which would not have to, is not even looked at.
      try client.send((1...3).map { .record($0, [1]) } + [.describe(4)] + (5...50).map { .record($0, [1]) })
      try gate.await(arrivals: 1)
      // Other connections are served meanwhile.
      for id in UInt64(1)...20 { #expect(try server.connect().ask(.describe(id)).status.code == .ok) }
      #expect(throws: TestFailure.self) { try client.readFrame(seconds: 0.3) }
      gate.open()
      #expect(try client.replies(50).map(\.id).sorted() == Array(1...50))
    }
  }

  @Test("a client that goes away while it is held back is noticed, and its calls are cancelled")
  func F11_resetWhileHeldBack() throws {
    var limits = Limits()
    limits.callsInFlight = 3
    let gate = Gate()
    try withServer(limits: limits, log: GatedLog(gate: gate)) { server in
      defer { gate.open() }
      let client = try server.connect()
      try client.send((1...50).map { .record($0, [1]) })
      try gate.await(arrivals: 1)
      client.reset()
      try server.awaitConnections(0)
      #expect(try server.describe().callsCancelled == 3)
    }
  }

  @Test("connections that say no more hold no buffers, and get them again")
  func F19_idleConnectionsHoldNothing() throws {
    var limits = Limits()
    limits.bufferIdleMillis = 200
    try withServer(limits: limits, workers: 2) { server in
      let clients = try (0..<50).map { _ in try server.connect() }
      for round in UInt64(0)..<3 {
        for client in clients {
          #expect(try client.ask(.top(round + 1, limit: 400, includesText: true)).tweets.count == 400)
        }
        try awaitUntil("no buffers are held", last: { "\(server.bufferBytes) bytes are" }) {
          server.bufferBytes == 0
        }
      }
      // A frame that is begun is kept.
      try clients[0].send(Array(Call.describe(9).frame.prefix(7)))
      try awaitUntil("it is held") { server.bufferBytes > 0 }
      usleep(500_000)
      try clients[0].send(Array(Call.describe(9).frame.dropFirst(7)))
      #expect(try clients[0].reply().id == 9)
    }
  }

  @Test("where all connections together hold too much, the one that asks for more is ended, and the others stay")
  func F08_allTogether() throws {
    var limits = Limits()
    (limits.connectionBufferBytes, limits.keptBufferBytes) = (300_000, 0)
    // Who is not ended for memory is ended for this.
    limits.wholeFrameMillis = 4_000
    try withServer(limits: limits) { server in
      let calm = try server.connect()
      #expect(try calm.ask(.describe(1)).status.code == .ok)
      // Each begins a frame and sends half of it.
      let begun = Call.prefix(200_000) + [UInt8](repeating: 7, count: 100_000)
      let greedy = try (0..<8).map { _ in try server.connect() }
      for client in greedy { try? client.send(begun) }
      var ended = 0
      var all: [String] = []
      for client in greedy {
        let answers = try client.repliesToEnd()
        all += answers.map(\.status.description)
        if answers.contains(where: { $0.status.reason == .connectionLimit }) { ended += 1 }
      }
      // Those that were not too much took too long.
      #expect(ended >= 5, "\(ended) of \(all)")
      #expect(try calm.ask(.describe(2)).status.code == .ok)
    }
  }
}
