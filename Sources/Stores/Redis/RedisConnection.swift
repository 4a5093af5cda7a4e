import EventLoop

/// What a connection tells the one that uses it.
protocol RedisConnectionObserver: AnyObject {
  /// The greeting is done: commands are taken.
  func connectionDidBecomeReady(_ connection: RedisConnection)
  /// The connection was ready and is no more; a new one will be tried.
  func connection(_ connection: RedisConnection, didLose error: RedisError)
  /// A reply came while its command still waited for it.
  func connectionDidAnswer(_ connection: RedisConnection)
  /// A command's time was up.
  func connectionDidTimeOut(_ connection: RedisConnection)
  /// Nothing was answered for so long that the connection is given up.
  func connectionDidStall(_ connection: RedisConnection)
}

/// A connection to one Redis that is made anew whenever it ends, after a pause.
///
/// Confined to its loop's thread. Commands are taken while it is ready, and refused at once while it is not: nothing
/// waits for a Redis that is not there.
final class RedisConnection: RedisContextOwner {
  /// Where it stands.
  enum Phase: Equatable {
    /// Before the next attempt.
    case pausing
    case lookingUp
    case greeting
    case ready
    case closed
  }

  let url: RedisURL
  let settings: RedisSettings
  private(set) var phase = Phase.pausing
  /// Why the last connection or attempt ended; nil: none has.
  private(set) var lastError: RedisError?
  /// How many attempts to connect were begun.
  private(set) var attempts: UInt64 = 0
  weak var observer: (any RedisConnectionObserver)?

  private let loop: Loop
  private var context: RedisContext?
  private var greeting: RedisGreeting
  private var pending: PendingCommands
  private var backoff: Backoff
  private var lookup: HostLookup?
  private var readySinceMillis: UInt64 = 0
  private var deadlineMillis = UInt64.max
  /// Ends a pause, or an attempt that takes too long.
  private var phaseTimer: LoopTimer?
  /// Ends the patience of commands.
  private var commandTimer: LoopTimer?

  /// Connects in the loop's next turn; see ``Backoff`` for the seed.
  init(loop: Loop, url: RedisURL, settings: RedisSettings, seed: UInt64) {
    self.loop = loop
    self.url = url
    self.settings = settings
    greeting = RedisGreeting(url)
    pending = PendingCommands(stallMillis: settings.stallMillis)
    backoff = Backoff(settings: settings, seed: seed)
    phaseTimer = LoopTimer(loop: loop) { [weak self] in self?.phaseIsOver() }
    commandTimer = LoopTimer(loop: loop) { [weak self] in self?.expire() }
    phaseTimer?.start(afterMillis: 0)
  }

  deinit { close() }

  /// The monotonic clock that all deadlines are of.
  static func nowMillis() -> UInt64 { Loop.monotonicNanos() / 1_000_000 }

  /// Commands without a reply, those included whose callers no longer wait.
  var inFlight: Int { pending.count }

  /// Bytes of commands that the kernel has not yet taken.
  var outputBytes: Int { context?.outputBytes ?? 0 }

  /// Sends a command. Either throws, or calls `completion` exactly once, later.
  func send(
    _ arguments: [[UInt8]], timeoutMillis: UInt64, completion: @escaping PendingCommands.Completion
  ) throws(RedisError) {
    guard phase == .ready, let context else {
      throw phase == .closed ? .closed : lastError ?? .disconnected(reason: "not yet connected")
    }
    guard pending.count < settings.maxInFlight else { throw .tooManyInFlight }
    let bytes = RedisCommandCheck.wireBytes(arguments)
    guard bytes <= settings.maxOutputBytes - context.outputBytes else { throw .outputFull }
    guard context.send(arguments) else { throw .disconnected(reason: "the connection is ending") }
    let now = Self.nowMillis()
    let timeout = min(timeoutMillis, PendingCommands.longestMillis)
    pending.append(nowMillis: now, timeoutMillis: timeout, completion: completion)
    watchDeadlines(soonest: now + timeout)
  }

  /// Ends for good: commands without a reply are told ``RedisError/closed`` before this returns. Idempotent.
  func close() {
    guard phase != .closed else { return }
    phase = .closed
    observer = nil
    lookup?.cancel()
    lookup = nil
    phaseTimer?.close()
    commandTimer?.close()
    context?.abandon()
    context = nil
    fail(.closed)
  }

  /// Gives the connection up, if there is one, and tries anew after a pause.
  func restart(_ error: RedisError) { context?.finish(error) }

  // MARK: Attempts

  private func phaseIsOver() {
    switch phase {
    case .pausing: attempt()
    case .lookingUp: pause(.disconnected(reason: "the look-up of the host's name takes too long"))
    case .greeting: context?.finish(.disconnected(reason: "no greeting within \(settings.connectMillis) ms"))
    case .ready, .closed: break
    }
  }

  private func attempt() {
    attempts += 1
    greeting = RedisGreeting(url)
    guard case .tcp(let host, let port) = url.place else { return connect(to: url.place) }
    if let numeric = HostLookup.numeric(host) { return connect(to: .tcp(host: numeric, port: port)) }
    // A resolver that hangs would otherwise get one more question per attempt.
    if let lookup, lookup.isRunning {
      return pause(.disconnected(reason: "the look-up of the host's name takes too long"))
    }
    phase = .lookingUp
    phaseTimer?.start(afterMillis: settings.connectMillis)
    do throws(LoopError) {
      lookup = try HostLookup(loop: loop, host: host) { [weak self] result in self?.didLookUp(result, port) }
    } catch {
      pause(.disconnected(reason: error.description))
    }
  }

  private func didLookUp(_ result: Result<[String], LoopError>, _ port: UInt16) {
    guard phase == .lookingUp else { return }
    switch result {
    case .success(let addresses):
      // A name may have an address where nobody listens, of the other family for instance: they take turns.
      let turn = Int(attempts % UInt64(addresses.count))
      connect(to: .tcp(host: addresses[turn], port: port))
    case .failure(let error): pause(.disconnected(reason: error.description))
    }
  }

  private func connect(to place: RedisURL.Place) {
    phase = .greeting
    phaseTimer?.start(afterMillis: settings.connectMillis)
    do throws(RedisError) {
      let context = try RedisContext(loop: loop, place: place, settings: settings, owner: self)
      self.context = context
      for command in greeting.commands { _ = context.send(command) }
    } catch {
      pause(error)
    }
  }

  private func pause(_ error: RedisError) {
    lastError = error
    phase = .pausing
    phaseTimer?.start(afterMillis: backoff.nextMillis())
  }

  // MARK: What the context says

  func context(_ context: RedisContext, didReceive reply: RedisReply) {
    guard context === self.context else { return }
    if phase == .greeting { return greet(reply) }
    guard let completion = pending.removeFirst(nowMillis: Self.nowMillis()) else { return }
    observer?.connectionDidAnswer(self)
    guard case .error(let error) = reply else { return completion(.success(reply)) }
    completion(.failure(.server(error)))
    if error.endsConnection { context.finish(.server(error)) }
  }

  private func greet(_ reply: RedisReply) {
    do throws(RedisError) {
      try greeting.accept(reply)
    } catch {
      context?.finish(error)
      return
    }
    guard greeting.isDone else { return }
    phase = .ready
    readySinceMillis = Self.nowMillis()
    phaseTimer?.stop()
    observer?.connectionDidBecomeReady(self)
  }

  func context(_ context: RedisContext, didEndWith error: RedisError) {
    guard context === self.context else { return }
    self.context = nil
    let wasReady = phase == .ready
    // One that greets and hangs up at once is not a Redis that is back.
    if wasReady, Self.nowMillis() - readySinceMillis >= settings.backoffLastMillis { backoff.reset() }
    pause(error)
    if wasReady { observer?.connection(self, didLose: error) }
    fail(error)
  }

  private func fail(_ error: RedisError) {
    for completion in pending.removeAll() { completion(.failure(error)) }
  }

  // MARK: Patience

  private func watchDeadlines(soonest: UInt64) {
    guard soonest < deadlineMillis else { return }
    deadlineMillis = soonest
    let now = Self.nowMillis()
    commandTimer?.start(afterMillis: soonest > now ? soonest - now : 0)
  }

  private func expire() {
    deadlineMillis = .max
    let now = Self.nowMillis()
    for completion in pending.expire(nowMillis: now) {
      observer?.connectionDidTimeOut(self)
      completion(.failure(.timeout))
    }
    if let stalls = pending.stallsAtMillis, stalls <= now {
      observer?.connectionDidStall(self)
      context?.finish(.disconnected(reason: "no reply for \(settings.stallMillis) ms"))
    }
    if let next = pending.nextDeadlineMillis { watchDeadlines(soonest: next) }
  }
}
