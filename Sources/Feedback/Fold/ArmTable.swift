/// How often each tweet was tried and what it earned: the bandit's view of the folded feedback.
///
/// One thread publishes, any number of threads look up at the same time without a lock. A reader may see the
/// table some events late, but for each tweet a pair of numbers that belong together. What they are is
/// ``ArmCounts/trials`` and ``ArmCounts/reward(_:)``. What was expected of those trials comes as an average a trial, which
/// a reader may see an event earlier or later than the pair.
///
/// Memory: 48 to 192 bytes a tweet; see ``PublishedTable``.
public final class ArmTable: Sendable {
  /// Two words: trials in the upper 32 bits and the reward sum's Float bits in the lower; the Float bits of the engagements
  /// expected a trial.
  private let table: PublishedTable

  /// An empty table. `seed` hardens it against ids chosen to collide.
  public init(seed: UInt64 = 0) { table = PublishedTable(words: 2, seed: seed) }

  /// Number of tweets with an arm. Any thread.
  public var count: Int { table.count }

  /// Writes each id's trials, reward sum, and the engagements that were expected of its trials; 0 where that is not known.
  /// Any thread.
  ///
  /// - Complexity: O(`ids.count`), one or two cache misses each.
  public func lookUp(
    _ ids: UnsafeBufferPointer<UInt64>, trials: UnsafeMutablePointer<UInt32>, rewards: UnsafeMutablePointer<Float>,
    expected: UnsafeMutablePointer<Float>
  ) {
    table.lookUp(ids) { i, words in
      let statistics = words?[0].load(ordering: .relaxed) ?? 0
      trials[i] = UInt32(truncatingIfNeeded: statistics >> 32)
      rewards[i] = Float(bitPattern: UInt32(truncatingIfNeeded: statistics))
      let perTrial = words?[1].load(ordering: .relaxed) ?? 0
      expected[i] = Float(bitPattern: UInt32(truncatingIfNeeded: perTrial)) * Float(trials[i])
    }
  }

  /// Says how often a tweet was tried, what it earned, and how many engagements were expected a trial; 0: not known. One
  /// thread.
  func publish(_ tweet: UInt64, trials: UInt32, reward: Float, expectedPerTrial: Float = 0) {
    // Without trials there is nothing to know of an arm.
    let statistics = trials == 0 ? 0 : UInt64(trials) << 32 | UInt64(reward.bitPattern)
    let perTrial = trials == 0 ? 0 : UInt64(expectedPerTrial.bitPattern)
    table.publish(tweet, isEmpty: statistics == 0) { words in
      words[0].store(statistics, ordering: .relaxed)
      words[1].store(perTrial, ordering: .relaxed)
    }
  }
}
