import Glibc
import Kernels
import Synchronization

/// One generation of a ``PublishedTable``: fixed size, open addressing, linear probing.
struct PublishedPlaces {
  typealias Word = Atomic<UInt64>

  /// A power of two. One place more follows the table: that of id 0, which cannot mark its own place.
  let capacity: Int
  /// Row-major [capacity + 1, 1 + words]: the id, 0 for none, and its words.
  private let cells: UnsafeMutablePointer<Word>
  private let stride: Int

  private init(capacity: Int, words: Int) {
    self.capacity = capacity
    stride = 1 + words
    let count = (capacity + 1) * stride
    cells = Self.allocate(count)
    for i in 0..<count { (cells + i).initialize(to: Word(0)) }
  }

  /// An empty generation in a place of its own.
  static func make(capacity: Int, words: Int) -> UnsafeMutablePointer<PublishedPlaces> {
    let made = UnsafeMutablePointer<PublishedPlaces>.allocate(capacity: 1)
    made.initialize(to: PublishedPlaces(capacity: capacity, words: words))
    return made
  }

  /// Memory in huge pages where the table is large: random look-ups in 4 KiB pages miss the TLB nearly every time.
  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Word> {
    let hugePage = 2 << 20
    let byteCount = count * MemoryLayout<Word>.stride
    // A place of four words never straddles cache lines.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: byteCount < hugePage ? 64 : hugePage)
    // Only advice: where the system has no huge pages, nothing changes.
    if byteCount >= hugePage { madvise(memory, byteCount, MADV_HUGEPAGE) }
    return memory.bindMemory(to: Word.self, capacity: count)
  }

  func deallocate() {
    cells.deinitialize(count: (capacity + 1) * stride)
    cells.deallocate()
  }

  @inline(__always)
  func ids(at place: Int) -> UnsafeMutablePointer<Word> { cells + place * stride }

  @inline(__always)
  func words(at place: Int) -> UnsafeMutablePointer<Word> { cells + place * stride + 1 }

  func isEmpty(at place: Int) -> Bool {
    (1..<stride).allSatisfy { cells[place * stride + $0].load(ordering: .relaxed) == 0 }
  }

  /// The place of `id`, or the empty place where it belongs, and which of the two it is. The table is never full.
  /// - Complexity: O(1) expected, at a load of at most one half.
  @inline(__always)
  func place(of id: UInt64, seed: UInt64) -> (index: Int, isTaken: Bool) {
    // Nobody else's words come there.
    if id == 0 { return (capacity, true) }
    let mask = capacity - 1
    var place = Int(truncatingIfNeeded: Self.mixed(id, seed)) & mask
    while true {
      // Acquire: who sees the id also sees the words stored before it.
      let found = cells[place * stride].load(ordering: .acquiring)
      if found == id { return (place, true) }
      if found == 0 { return (place, false) }
      place = (place + 1) & mask
    }
  }

  /// Asks for the place where the search for `id` begins, all of it: it may lie in two cache lines.
  @inline(__always)
  func prefetch(_ id: UInt64, seed: UInt64) {
    let place = cells + (Int(truncatingIfNeeded: Self.mixed(id, seed)) & (capacity - 1)) * stride
    Prefetch.line(at: place)
    Prefetch.line(at: place + (stride - 1))
  }

  /// Empties all places.
  func clear() {
    for i in 0..<(capacity + 1) * stride { cells[i].store(0, ordering: .relaxed) }
  }

  /// Takes over what is not given up; returns how many places that takes. Before readers come.
  func copy(_ old: PublishedPlaces, seed: UInt64) -> Int {
    var taken = 0
    for i in 0...old.capacity where !old.isEmpty(at: i) {
      let id = old.cells[i * stride].load(ordering: .relaxed)
      let place = place(of: id, seed: seed).index
      for word in 1..<stride {
        cells[place * stride + word].store(old.cells[i * stride + word].load(ordering: .relaxed), ordering: .relaxed)
      }
      cells[place * stride].store(id, ordering: .relaxed)
      if id != 0 { taken += 1 }
    }
    return taken
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
