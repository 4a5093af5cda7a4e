import Kernels

/// How long to wait before the next attempt: exponential, with full jitter, so that many clients of a Redis that comes
/// back do not come all at once (M. Brooker, "Exponential Backoff And Jitter", 2015).
struct Backoff {
  private let firstMillis: UInt64
  private let lastMillis: UInt64
  private var generator: SeededGenerator
  private var attempts = 0

  init(settings: RedisSettings, seed: UInt64) {
    firstMillis = max(1, settings.backoffFirstMillis)
    lastMillis = max(firstMillis, settings.backoffLastMillis)
    generator = SeededGenerator(seed: seed)
  }

  /// A uniform draw from 1 to a ceiling that doubles from call to call.
  mutating func nextMillis() -> UInt64 {
    var ceiling = firstMillis
    for _ in 0..<attempts where ceiling < lastMillis { ceiling = min(lastMillis, ceiling &* 2) }
    attempts = min(attempts + 1, 63)
    return UInt64.random(in: 1...ceiling, using: &generator)
  }

  /// Begins anew with the first ceiling.
  mutating func reset() { attempts = 0 }
}
