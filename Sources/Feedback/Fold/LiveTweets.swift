import Glibc
import Ranking
import Synchronization

/// How much each tweet is engaged with, now and lately, beyond what the served model knows: to be added to the model's
/// own counts.
///
/// One thread publishes, any number of threads look up at the same time without a lock.
///
/// Memory: 64 to 256 bytes a tweet; see ``PublishedTable``.
public final class LiveTweets: Sendable {
  /// Seconds after which the quick and the slow count are half of what they were.
  static let quickHalfLife = 1_800.0
  /// The same of the slow count.
  static let slowHalfLife = 21_600.0

  /// What is known of one tweet.
  struct Activity: Equatable {
    /// Engagements since the time that is counted from.
    var engagements: UInt32 = 0
    /// Unix seconds of the newest engagement; the two below are as of this time, and halve from there on.
    var time: UInt32 = 0
    /// Engagements, halving every half hour.
    var quick: Float = 0
    /// Engagements, halving every six hours.
    var slow: Float = 0
  }

  /// Three words: engagements; time and quick count; time and slow count. The time is in both, so that a reader who sees
  /// them some changes apart can tell, and set it right.
  private let table: PublishedTable

  /// An empty table. `seed` hardens it against ids chosen to collide.
  public init(seed: UInt64 = 0) { table = PublishedTable(words: 3, seed: seed) }

  /// Number of tweets that are known. Any thread.
  public var count: Int { table.count }

  /// Writes what is known of each id into the columns of `live`, from the first row on; 0 where that is nothing. Any thread.
  ///
  /// - Complexity: O(`ids.count`), one or two cache misses each.
  public func lookUp(_ ids: UnsafeBufferPointer<UInt64>, into live: LiveFacts) {
    table.lookUp(ids) { i, words in
      var (quick, slow) = (UInt64(0), UInt64(0))
      live.counts[i] = 0
      if let words {
        live.counts[i] = UInt32(truncatingIfNeeded: words[0].load(ordering: .relaxed))
        (quick, slow) = (words[1].load(ordering: .relaxed), words[2].load(ordering: .relaxed))
      }
      live.times[i] = Int64(quick >> 32)
      live.quick[i] = Float(bitPattern: UInt32(truncatingIfNeeded: quick))
      live.slow[i] = Float(bitPattern: UInt32(truncatingIfNeeded: slow))
      // As of when the slow count is, it says itself.
      let apart = Double(slow >> 32) - Double(quick >> 32)
      if apart != 0 { live.slow[i] *= Float(exp2(apart / Self.slowHalfLife)) }
    }
  }

  /// Says what is known of a tweet. One thread.
  func publish(_ tweet: UInt64, _ activity: Activity) {
    let time = UInt64(activity.time) << 32
    table.publish(tweet, isEmpty: activity == Activity()) { words in
      words[0].store(UInt64(activity.engagements), ordering: .relaxed)
      words[1].store(time | UInt64(activity.quick.bitPattern), ordering: .relaxed)
      words[2].store(time | UInt64(activity.slow.bitPattern), ordering: .relaxed)
    }
  }
}
