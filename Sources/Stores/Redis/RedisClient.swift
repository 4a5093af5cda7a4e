import EventLoop

/// One Redis, as the rest of Apus uses it: commands in, replies or typed errors out, within bounds.
///
/// Confined to one loop's thread: every method is called there, and every completion is. It connects by itself, again
/// and again. A Redis that does not answer is found out within ``RedisSettings/stallMillis`` and is then no longer
/// asked until it answers a probe. Everything attached ends with ``close()``; SIGPIPE must be ignored
/// (``ProcessSignals/ignoreBrokenPipe()``).
public final class RedisClient {
  /// Takes what came of a command: a reply that is no error, or why there is none.
  public typealias Completion = (Result<RedisReply, RedisError>) -> Void

  /// Called whenever commands begin to be taken, after a connection or after a stall.
  public var onReady: (() -> Void)?

  private let connection: RedisConnection
  private var breaker: CircuitBreaker
  private var probeTimer: LoopTimer?
  private let settings: RedisSettings
  private var counters = RedisStatus.Counters()

  /// Begins to connect in the loop's next turn; whether Redis is there is not known yet. `seed` is that of the jitter.
  public init(loop: Loop, url: RedisURL, settings: RedisSettings = RedisSettings(), seed: UInt64) {
    self.settings = settings
    connection = RedisConnection(loop: loop, url: url, settings: settings, seed: seed)
    breaker = CircuitBreaker(
      timeouts: settings.breakerTimeouts, firstMillis: settings.breakerFirstMillis,
      lastMillis: settings.breakerLastMillis)
    connection.observer = self
    probeTimer = LoopTimer(loop: loop) { [weak self] in self?.probe() }
  }

  deinit { close() }

  /// Whether a command would be sent now, caps apart.
  public var isReady: Bool { connection.phase == .ready && breaker.isClosed }

  /// Sends one command, given as its arguments: any bytes, which arrive at Redis as they are.
  ///
  /// Either throws, and `completion` is never called, or calls `completion` exactly once, later and never from within
  /// this method. After `timeoutMillis` without a reply that is ``RedisError/timeout``. Redis answers the commands of
  /// one client in order: one that blocks in Redis (`XREAD BLOCK`) belongs to a client of its own.
  public func send(
    _ arguments: [[UInt8]], timeoutMillis: UInt64, completion: @escaping Completion
  ) throws(RedisError) {
    do throws(RedisError) {
      try RedisCommandCheck.check(arguments)
      guard breaker.isClosed || connection.phase == .closed else { throw .breakerOpen }
      try connection.send(arguments, timeoutMillis: timeoutMillis, completion: completion)
    } catch {
      counters.refused += 1
      throw error
    }
    counters.sent += 1
  }

  /// Sends several commands together, or none of them if one would be refused.
  ///
  /// `completion` is called once, with one result per command in their order. They are not a transaction.
  public func pipeline(
    _ commands: [[[UInt8]]], timeoutMillis: UInt64, completion: @escaping ([Result<RedisReply, RedisError>]) -> Void
  ) throws(RedisError) {
    guard let last = commands.last else { throw .badCommand(reason: "an empty pipeline") }
    for command in commands { try RedisCommandCheck.check(command) }
    guard connection.inFlight + commands.count <= settings.maxInFlight else { throw .tooManyInFlight }
    let bytes = commands.reduce(0) { $0 + RedisCommandCheck.wireBytes($1) }
    guard bytes <= settings.maxOutputBytes - connection.outputBytes else { throw .outputFull }
    let results = PipelineResults(completion, count: commands.count)
    for command in commands.dropLast() {
      try send(command, timeoutMillis: timeoutMillis) { results.append($0) }
    }
    try send(last, timeoutMillis: timeoutMillis) { results.append($0) }
  }

  /// Where it stands, for people and for counters.
  public var status: RedisStatus {
    RedisStatus(
      isReady: isReady, isBreakerOpen: !breaker.isClosed, lastError: connection.lastError,
      inFlight: connection.inFlight, outputBytes: connection.outputBytes, attempts: connection.attempts,
      breakerOpenings: breaker.openings, counters: counters)
  }

  /// Ends for good. Commands without a reply are told ``RedisError/closed`` before this returns. Idempotent.
  public func close() {
    onReady = nil
    probeTimer?.close()
    connection.close()
  }

  // MARK: The breaker

  private func scheduleProbe() {
    guard case .open(let until) = breaker.state else { return }
    let now = RedisConnection.nowMillis()
    probeTimer?.start(afterMillis: until > now ? until - now : 0)
  }

  /// Asks whether Redis answers. Without a connection the next greeting is the question.
  private func probe() {
    guard connection.phase == .ready else { return }
    guard breaker.beginProbe(nowMillis: RedisConnection.nowMillis()) else { return scheduleProbe() }
    do throws(RedisError) {
      // What the probe says comes through the observer, as for any command.
      try connection.send([Array("PING".utf8)], timeoutMillis: settings.stallMillis) { _ in }
    } catch {
      breaker.didTimeOut(nowMillis: RedisConnection.nowMillis())
      scheduleProbe()
    }
  }

  private func noteTimeout(_ note: (inout CircuitBreaker) -> Void) {
    note(&breaker)
    scheduleProbe()
  }

  private func noteAnswer() {
    let wasClosed = breaker.isClosed
    breaker.didAnswer()
    if !wasClosed { onReady?() }
  }
}

extension RedisClient: RedisConnectionObserver {
  func connectionDidBecomeReady(_ connection: RedisConnection) {
    counters.connections += 1
    breaker.didAnswer()
    onReady?()
  }

  func connection(_ connection: RedisConnection, didLose error: RedisError) { counters.losses += 1 }

  func connectionDidAnswer(_ connection: RedisConnection) {
    counters.answered += 1
    noteAnswer()
  }

  func connectionDidTimeOut(_ connection: RedisConnection) {
    counters.timeouts += 1
    noteTimeout { $0.didTimeOut(nowMillis: RedisConnection.nowMillis()) }
  }

  func connectionDidStall(_ connection: RedisConnection) {
    noteTimeout { $0.didStall(nowMillis: RedisConnection.nowMillis()) }
  }
}

/// Gathers the results of one pipeline.
private final class PipelineResults {
  private var results: [Result<RedisReply, RedisError>] = []
  private let completion: ([Result<RedisReply, RedisError>]) -> Void
  private let count: Int

  init(_ completion: @escaping ([Result<RedisReply, RedisError>]) -> Void, count: Int) {
    self.completion = completion
    self.count = count
    results.reserveCapacity(count)
  }

  func append(_ result: Result<RedisReply, RedisError>) {
    results.append(result)
    if results.count == count { completion(results) }
  }
}
