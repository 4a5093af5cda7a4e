import EventLoop
import Serving

/// Lists of recommendations in a Redis, one `GET` a look-up; one client a worker.
///
/// A Redis that is not there, or does not answer of late, costs a look-up nothing: the client knows and says so at once.
public final class RedisRecommendationStore: RecommendationStore {
  /// Bytes of the largest value that is read; the longest list has a twentieth of it.
  private static let largestReply = 1 << 20

  private let client: RedisClient
  private let prefix: String

  /// Begins to connect in the loop's next turn. `prefix` stands before every key.
  public init(loop: Loop, url: RedisURL, prefix: String, seed: UInt64) {
    var settings = RedisSettings()
    settings.maxReplyBytes = Self.largestReply
    client = RedisClient(loop: loop, url: url, settings: settings, seed: seed)
    self.prefix = prefix
  }

  /// See ``RecommendationStore/fetch(key:deadlineNanos:completion:)``. After the deadline nothing is called: the caller
  /// has gone on by then.
  public func fetch(key: String, deadlineNanos: UInt64, completion: @escaping (StoreAnswer) -> Void) {
    let now = Loop.monotonicNanos()
    // Up, so that the caller's own clock decides.
    let millis = deadlineNanos > now ? (deadlineNanos - now) / 1_000_000 + 1 : 1
    do throws(RedisError) {
      try client.send([Array("GET".utf8), Array((prefix + key).utf8)], timeoutMillis: millis) { result in
        switch result {
        case .success(.bytes(let bytes)): bytes.withUnsafeBytes { completion(.found($0)) }
        case .success(.null): completion(.missing)
        case .failure(.timeout): break
        case .success, .failure: completion(.unavailable)
        }
      }
    } catch {
      completion(.unavailable)
    }
  }

  /// Ends the connection; what was asked is not answered.
  public func close() { client.close() }

  /// Where the connection stands.
  public var status: RedisStatus { client.status }
}
