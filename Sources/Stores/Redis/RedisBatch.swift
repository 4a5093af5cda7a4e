import EventLoop

/// Redis for a program that does one thing after the other: commands in, as fast as Redis takes them.
///
/// Runs a loop of its own on the thread that calls it. A bounded number of commands is in flight; who sends more waits.
/// The first error ends the batch: what was in flight then may or may not have been obeyed, so that a program either
/// sends commands that may be repeated, or begins anew. SIGPIPE must be ignored (``ProcessSignals/ignoreBrokenPipe()``).
public final class RedisBatch {
  private let loop: Loop
  private let client: RedisClient
  private let window: Int
  private let timeoutMillis: UInt64
  private var inFlight = 0
  private var failure: RedisError?
  private var isClosed = false

  /// Connects, and waits for that at most `settings.connectMillis`.
  ///
  /// `window` is how many commands are in flight at most, `timeoutMillis` how long one may take.
  public init(
    url: RedisURL, settings: RedisSettings = RedisSettings(), window: Int = 256, timeoutMillis: UInt64 = 5_000,
    seed: UInt64 = 0
  ) throws(RedisError) {
    do throws(LoopError) {
      loop = try Loop()
    } catch {
      throw .disconnected(reason: error.description)
    }
    // A batch is not in a hurry: no reply for as long as one command may take is what ends it.
    var patient = settings
    patient.stallMillis = max(settings.stallMillis, timeoutMillis)
    self.window = max(1, min(window, settings.maxInFlight))
    self.timeoutMillis = timeoutMillis
    client = RedisClient(loop: loop, url: url, settings: patient, seed: seed)
    try connect(settings.connectMillis)
  }

  deinit { close() }

  private func connect(_ millis: UInt64) throws(RedisError) {
    let limit = LoopTimer(loop: loop) { [loop] in loop.stop() }
    limit.start(afterMillis: millis)
    client.onReady = { [loop] in loop.stop() }
    loop.run()
    client.onReady = nil
    limit.close()
    guard client.isReady else {
      let error = client.status.lastError ?? .disconnected(reason: "no greeting within \(millis) ms")
      close()
      throw error
    }
  }

  /// Sends a command; waits while the window is full. `onReply` is called later, within ``send(_:onReply:)`` or
  /// ``finish()``. Throws the batch's first error, which may be that of an earlier command.
  public func send(_ arguments: [[UInt8]], onReply: ((RedisReply) -> Void)? = nil) throws(RedisError) {
    try wait { self.inFlight < self.window }
    while true {
      do throws(RedisError) {
        try client.send(arguments, timeoutMillis: timeoutMillis) { result in self.take(result, onReply) }
        inFlight += 1
        return
      } catch {
        // Commands in flight leave room when they are answered; a command that never fits does not wait.
        guard error == .outputFull || error == .tooManyInFlight, inFlight > 0 else { throw end(error) }
        let before = inFlight
        try wait { self.inFlight < before }
      }
    }
  }

  /// Sends one command and waits for its reply, and with it for all before.
  public func ask(_ arguments: [[UInt8]]) throws(RedisError) -> RedisReply {
    var answer: RedisReply?
    try send(arguments) { answer = $0 }
    try finish()
    guard let answer else { throw .closed }
    return answer
  }

  /// Waits for the replies to all commands; throws the batch's first error.
  public func finish() throws(RedisError) {
    try wait { self.inFlight == 0 }
  }

  /// Ends the batch; what is in flight is dropped. Idempotent.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    client.close()
    loop.close()
  }

  private func take(_ result: Result<RedisReply, RedisError>, _ onReply: ((RedisReply) -> Void)?) {
    inFlight -= 1
    switch result {
    case .success(let reply): onReply?(reply)
    case .failure(let error): failure = failure ?? error
    }
    loop.stop()
  }

  private func end(_ error: RedisError) -> RedisError {
    failure = failure ?? error
    return failure ?? error
  }

  private func wait(until isEnough: () -> Bool) throws(RedisError) {
    if isClosed { throw failure ?? .closed }
    while failure == nil, !isEnough() { loop.run() }
    if let failure { throw failure }
  }
}
