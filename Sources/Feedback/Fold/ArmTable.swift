/// How often each tweet was tried and what it earned: the bandit's view of the folded feedback.
///
/// One thread publishes, any number of threads look up at the same time without a lock. A reader may see the
/// table some events late, but for each tweet a pair of numbers that belong together. What they are is
/// ``ArmCounts/trials`` and ``ArmCounts/reward(_:)``.
///
/// Memory: 32 to 128 bytes a tweet; see ``PublishedTable``.
public final class ArmTable: Sendable {
  /// Trials in the upper 32 bits, the reward sum's Float bits in the lower.
  private let table: PublishedTable

  /// An empty table. `seed` hardens it against ids chosen to collide.
  public init(seed: UInt64 = 0) { table = PublishedTable(words: 1, seed: seed) }

  /// Number of tweets with an arm. Any thread.
  public var count: Int { table.count }

  /// Writes each id's trials and reward sum; 0 and 0 where nothing is known. Any thread.
  ///
  /// - Complexity: O(`ids.count`), one or two cache misses each.
  public func lookUp(
    _ ids: UnsafeBufferPointer<UInt64>, trials: UnsafeMutablePointer<UInt32>, rewards: UnsafeMutablePointer<Float>
  ) {
    table.lookUp(ids) { i, words in
      let statistics = words?[0].load(ordering: .relaxed) ?? 0
      trials[i] = UInt32(truncatingIfNeeded: statistics >> 32)
      rewards[i] = Float(bitPattern: UInt32(truncatingIfNeeded: statistics))
    }
  }

  /// Says how often a tweet was tried and what it earned. One thread.
  func publish(_ tweet: UInt64, trials: UInt32, reward: Float) {
    // Without trials there is nothing to know of an arm.
    let statistics = trials == 0 ? 0 : UInt64(trials) << 32 | UInt64(reward.bitPattern)
    table.publish(tweet, isEmpty: statistics == 0) { $0[0].store(statistics, ordering: .relaxed) }
  }
}
