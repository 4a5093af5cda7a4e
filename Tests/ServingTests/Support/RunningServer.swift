import ServerSupport
import Feedback
import Ranking
import Testing
import Wire

@testable import Serving

/// A server of this process, on a thread and a free port of its own.
final class RunningServer {
  let server: Server
  private let running: Background<Void>
  private let ownFolder: TemporaryFolder

  var port: UInt16 { server.port }
  var bufferBytes: Int { server.metrics.reduce(0) { $0 + $1.bufferBytes } }
  var openConnections: Int { server.metrics.reduce(0) { $0 + $1.openConnections } }

  /// Starts a server that learns where asked to, records in `state`, or in `log`, and grants any budget.
  init(
    limits: Limits = Limits(), workers: Int = 1, policy: BanditPolicy = BanditPolicy(epsilon: 0),
    learning: LearningRates? = nil, now: ServerOptions.Now = .clock, state: String? = nil,
    log: (any FeedbackLog)? = nil, store: MemoryStore? = nil,
    configure: (inout ServerOptions) -> Void = { _ in }, probe: (@Sendable () -> MemoryProbe.Reading)? = nil
  ) throws {
    ownFolder = try TemporaryFolder()
    let world = try TestWorld.shared()
    var options = ServerOptions.forTests(model: world.path, state: state ?? ownFolder.path)
    (options.limits, options.workers, options.policy) = (limits.patient, workers, policy)
    (options.steps.learning, options.now) = (learning, now)
    options.recommendationStore = store?.maker
    options.limits.maximumBudgetMillis = UInt32(Call.patientMillis)
    configure(&options)
    let server =
      if let log {
        try Server(options, model: world.model, log: log, probe: probe)
      } else if let state {
        try Server(options, model: world.model, log: LocalLog(folder: state))
      } else {
        try Server(options, model: world.model, log: GatedLog(), probe: probe)
      }
    self.server = server
    running = Background { server.run() }
  }

  func connect(receiveBufferBytes: Int32? = nil) throws -> Client {
    try Client(port: port, receiveBufferBytes: receiveBufferBytes)
  }

  /// Asks for a drain and waits for its end.
  func stop() throws {
    server.stop()
    try running.join()
  }

  /// What the server counts now, asked on a connection of its own.
  func describe() throws -> Answer.Description {
    guard let description = try connect().ask(.describe(1)).description else { throw TestFailure("no description") }
    return description
  }

  /// Waits until no more connections are open than these.
  func awaitConnections(_ count: Int) throws {
    try awaitUntil("\(count) connections are open", last: { "\(openConnections) are" }) { openConnections == count }
  }
}

extension Limits {
  /// The same, but for the times that a connection is cut after: a busy machine may hold a test up for longer between
  /// two of its steps. A time that a test has set is kept.
  fileprivate var patient: Limits {
    var limits = self
    for time in [\Limits.firstFrameMillis, \.wholeFrameMillis, \.writeStallMillis, \.idleMillis]
    where self[keyPath: time] == Limits()[keyPath: time] {
      limits[keyPath: time] = 3_600_000
    }
    return limits
  }
}

extension ServerOptions {
  static func forTests(model: String, listen: String = "127.0.0.1:0", state: String) -> ServerOptions {
    ServerOptions(
      modelPath: model, listenAddress: listen, stateFolder: state, workers: 1, policy: BanditPolicy(epsilon: 0),
      seed: 7, serverVersion: "tests")
  }
}

/// Runs a server for one test. Whatever the test did to it, afterwards it must answer a call on a new connection, end
/// when asked, and have closed every connection.
func withServer(
  limits: Limits = Limits(), workers: Int = 1, policy: BanditPolicy = BanditPolicy(epsilon: 0), state: String? = nil,
  log: (any FeedbackLog)? = nil, store: MemoryStore? = nil, now: ServerOptions.Now = .clock,
  configure: (inout ServerOptions) -> Void = { _ in }, token: String? = nil, _ body: (RunningServer) throws -> Void
) throws {
  let server = try RunningServer(
    limits: limits, workers: workers, policy: policy, now: now, state: state, log: log, store: store,
    configure: configure)
  do {
    try body(server)
    let last = try server.connect()
    if let token { #expect(try last.ask(.authenticate(98, Array(token.utf8))).status.code == .ok) }
    #expect(try last.ask(.describe(99)).status.code == .ok)
  } catch {
    server.server.stop()
    throw error
  }
  try server.stop()
  #expect(server.openConnections == 0)
}
