import Glibc
import Synchronization

/// One generation of the arms' hash table: fixed size, open addressing, linear probing.
///
/// Memory: 32 bytes a slot. Readers see only `cells`; `tallies` belongs to the writer.
struct ArmSlots {
  /// What readers see of one tweet, in half a cache line.
  struct Cell: ~Copyable {
    /// The tweet's id; 0: empty.
    let id: Atomic<UInt64>
    /// Trials in the upper 32 bits, the reward sum's Float bits in the lower.
    let statistics: Atomic<UInt64>
  }

  /// What the statistics are computed from.
  struct Tally {
    var impressions: UInt32 = 0
    var rewarded: UInt32 = 0
    var rewardSum = 0.0
  }

  /// A power of two. One cell more follows the table: that of id 0, which cannot mark its own place.
  let capacity: Int
  let cells: UnsafeMutablePointer<Cell>
  let tallies: UnsafeMutablePointer<Tally>

  init(capacity: Int) {
    self.capacity = capacity
    cells = Self.allocateCells(capacity + 1)
    tallies = .allocate(capacity: capacity + 1)
    for i in 0...capacity {
      (cells + i).initialize(to: Cell(id: Atomic(0), statistics: Atomic(0)))
    }
    tallies.initialize(repeating: Tally(), count: capacity + 1)
  }

  /// Memory in huge pages where the table is large: random look-ups in 4 KiB pages miss the TLB nearly every time.
  private static func allocateCells(_ count: Int) -> UnsafeMutablePointer<Cell> {
    let hugePage = 2 << 20
    let byteCount = count * MemoryLayout<Cell>.stride
    let alignment = byteCount < hugePage ? MemoryLayout<Cell>.alignment : hugePage
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: alignment)
    // Only advice: where the system has no huge pages, nothing changes.
    if alignment == hugePage { madvise(memory, byteCount, MADV_HUGEPAGE) }
    return memory.bindMemory(to: Cell.self, capacity: count)
  }

  func deallocate() {
    cells.deinitialize(count: capacity + 1)
    cells.deallocate()
    tallies.deallocate()
  }

  /// The place of `id`, or the empty place where it belongs, and which of the two it is. The table is never full.
  /// - Complexity: O(1) expected, at a load of at most one half.
  @inline(__always)
  func place(of id: UInt64, seed: UInt64) -> (index: Int, isTaken: Bool) {
    // Nobody else's statistics come there.
    if id == 0 { return (capacity, true) }
    let mask = capacity - 1
    var place = Int(truncatingIfNeeded: Self.mixed(id, seed)) & mask
    while true {
      // Acquire: who sees the id also sees the statistics stored before it.
      let found = cells[place].id.load(ordering: .acquiring)
      if found == id { return (place, true) }
      if found == 0 { return (place, false) }
      place = (place + 1) & mask
    }
  }

  /// Brings the place where the search for `id` begins into the cache.
  @inline(__always)
  func touch(_ id: UInt64, seed: UInt64) {
    _ = cells[Int(truncatingIfNeeded: Self.mixed(id, seed)) & (capacity - 1)].id.load(ordering: .relaxed)
  }

  /// splitmix64's finaliser (Steele, Lea, Flood 2014) over the seeded id: without the seed nobody can choose ids that
  /// meet in one place.
  @inline(__always)
  private static func mixed(_ id: UInt64, _ seed: UInt64) -> UInt64 {
    var z = id ^ seed
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
