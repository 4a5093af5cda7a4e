import Ranking
import Synchronization

/// How often each tweet was tried and what it earned: the bandit's view of the feedback log.
///
/// One thread applies events, any number of threads look up at the same time without a lock. A reader may see the
/// table some events late, but for each tweet a pair of numbers that belong together. The reward sum is that of
/// ``EventType/reward`` over all events; trials are max(impressions, rewarded events), so that events without their
/// impression count too. Types of later versions are ignored.
///
/// Memory: 64 to 128 bytes a tweet in the table in use. Outgrown tables are kept, since a reader may still be in them;
/// each was half the size of the next, so all together stay below twice the table in use.
public final class ArmTable: @unchecked Sendable {
  private static let initialCapacity = 1024
  /// Look-ups made at the same time: more than the cache misses that a core can have under way, few enough to stay in
  /// its first cache.
  private static let block = 64

  private let current: Atomic<UnsafeMutablePointer<ArmSlots>>
  private let published = Atomic<Int>(0)
  private let seed: UInt64
  // The writer's.
  private var generations: [UnsafeMutablePointer<ArmSlots>] = []

  /// An empty table. `seed` hardens it against ids chosen to collide.
  public init(seed: UInt64 = 0) {
    self.seed = seed
    let slots = UnsafeMutablePointer<ArmSlots>.allocate(capacity: 1)
    slots.initialize(to: ArmSlots(capacity: Self.initialCapacity))
    generations.append(slots)
    current = Atomic(slots)
  }

  deinit {
    for slots in generations {
      slots.pointee.deallocate()
      slots.deallocate()
    }
  }

  /// Number of tweets with an arm. Any thread.
  public var count: Int { published.load(ordering: .relaxed) }

  /// Writes each id's trials and reward sum; 0 and 0 where nothing is known. Any thread.
  ///
  /// - Complexity: O(`ids.count`), one or two cache misses each.
  public func lookUp(
    _ ids: UnsafeBufferPointer<UInt64>, trials: UnsafeMutablePointer<UInt32>, rewards: UnsafeMutablePointer<Float>
  ) {
    let slots = current.load(ordering: .acquiring).pointee
    var start = 0
    while start < ids.count {
      let block = start..<min(start + Self.block, ids.count)
      // Without branches between them the cache misses of a block are under way at the same time.
      for i in block { slots.touch(ids[i], seed: seed) }
      for i in block {
        // What an empty place holds may be another tweet's, which the writer is just about to put there.
        let (place, isTaken) = slots.place(of: ids[i], seed: seed)
        let statistics = isTaken ? slots.cells[place].statistics.load(ordering: .relaxed) : 0
        trials[i] = UInt32(truncatingIfNeeded: statistics >> 32)
        rewards[i] = Float(bitPattern: UInt32(truncatingIfNeeded: statistics))
      }
      start = block.upperBound
    }
  }

  /// Adds one event. Only one thread may call this.
  /// - Complexity: amortised O(1).
  public func apply(_ event: FeedbackEvent) {
    guard let type = EventType(rawValue: event.type) else { return }
    var slots = generations[generations.count - 1].pointee
    var place = slots.place(of: event.tweetID, seed: seed).index
    let isNew = slots.tallies[place].impressions == 0 && slots.tallies[place].rewarded == 0
    if isNew && (count + 1) * 2 > slots.capacity {
      slots = grow(slots)
      place = slots.place(of: event.tweetID, seed: seed).index
    }
    slots.tallies[place].add(type)
    slots.cells[place].statistics.store(slots.tallies[place].statistics, ordering: .relaxed)
    guard isNew else { return }
    // Release: the statistics first, then the id by which they are found.
    slots.cells[place].id.store(event.tweetID, ordering: .releasing)
    published.store(count + 1, ordering: .relaxed)
  }

  /// Publishes a table of twice the size with the same contents.
  private func grow(_ old: ArmSlots) -> ArmSlots {
    let new = ArmSlots(capacity: old.capacity * 2)
    for i in 0...old.capacity {
      let id = old.cells[i].id.load(ordering: .relaxed)
      guard id != 0 || i == old.capacity else { continue }
      let place = new.place(of: id, seed: seed).index
      new.tallies[place] = old.tallies[i]
      new.cells[place].statistics.store(old.tallies[i].statistics, ordering: .relaxed)
      new.cells[place].id.store(id, ordering: .relaxed)
    }
    let slots = UnsafeMutablePointer<ArmSlots>.allocate(capacity: 1)
    slots.initialize(to: new)
    generations.append(slots)
    current.store(slots, ordering: .releasing)
    return new
  }
}

extension ArmSlots.Tally {
  /// Counts one event; counters stop at their largest value.
  mutating func add(_ type: EventType) {
    if type == .impression {
      if impressions < .max { impressions += 1 }
    } else {
      if rewarded < .max { rewarded += 1 }
      rewardSum += type.reward
    }
  }

  /// What readers get.
  var statistics: UInt64 {
    UInt64(max(impressions, rewarded)) << 32 | UInt64(Float(rewardSum).bitPattern)
  }
}
