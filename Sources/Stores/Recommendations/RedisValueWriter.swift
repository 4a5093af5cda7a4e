import EventLoop
import Glibc

/// Writes values that end by themselves to a Redis, many at a time, and goes on after a lost connection.
///
/// Writing a value twice does no harm, so what was under way when a connection ended is written again. SIGPIPE must be
/// ignored (``ProcessSignals/ignoreBrokenPipe()``).
public final class RedisValueWriter {
  private let url: RedisURL
  private let ttlSeconds: Int64
  private let patienceSeconds: Double
  private let onRetry: (RedisError) -> Void
  private let seed: UInt64
  private var batch: RedisBatch?
  private var backoff: Backoff
  /// How often what was under way had to be written again.
  public private(set) var retries = 0

  /// Connects at once.
  ///
  /// - Parameters:
  ///   - ttlSeconds: how long a value is kept; at least 1.
  ///   - patienceSeconds: how long a Redis that was there may be away before that is an error.
  ///   - onRetry: called each time a connection, or an attempt at one, has failed and another follows.
  /// - Throws: if Redis is not there now, or is none that can be used.
  public init(
    url: RedisURL, ttlSeconds: Int64, patienceSeconds: Double = 60, seed: UInt64 = 0,
    onRetry: @escaping (RedisError) -> Void = { _ in }
  ) throws(RedisError) {
    self.url = url
    self.ttlSeconds = max(1, ttlSeconds)
    self.patienceSeconds = patienceSeconds
    self.seed = seed
    self.onRetry = onRetry
    backoff = Backoff(settings: RedisSettings(), seed: seed)
    batch = try RedisBatch(url: url, seed: seed)
  }

  deinit { close() }

  /// Sets all of them; each is there, and will end, when this returns. Throws what does not pass by itself, or has not
  /// within the patience.
  public func write(_ values: [(key: String, bytes: [UInt8])]) throws(RedisError) {
    var end: Double?
    while true {
      do throws(RedisError) {
        try attempt(values)
        backoff.reset()
        return
      } catch {
        batch?.close()
        batch = nil
        let limit = end ?? Self.seconds() + patienceSeconds
        end = limit
        guard Self.passes(error), Self.seconds() < limit else { throw error }
        retries += 1
        onRetry(error)
        usleep(UInt32(backoff.nextMillis()) * 1_000)
      }
    }
  }

  /// Ends the connection. Idempotent.
  public func close() {
    batch?.close()
    batch = nil
  }

  private func attempt(_ values: [(key: String, bytes: [UInt8])]) throws(RedisError) {
    let open = if let batch { batch } else { try RedisBatch(url: url, seed: seed) }
    batch = open
    let (set, expiry, ttl) = (Array("SET".utf8), Array("EX".utf8), Array(String(ttlSeconds).utf8))
    for value in values { try open.send([set, Array(value.key.utf8), value.bytes, expiry, ttl]) }
    try open.finish()
  }

  /// Whether the same may succeed later without anybody doing something about it.
  private static func passes(_ error: RedisError) -> Bool {
    switch error {
    case .timeout, .disconnected, .breakerOpen: true
    case .server(let answer): [.loading, .busy, .tryAgain, .masterDown].contains(answer.kind)
    default: false
    }
  }

  private static func seconds() -> Double { Double(Loop.monotonicNanos()) / 1e9 }
}
