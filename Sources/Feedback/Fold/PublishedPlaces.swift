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
  /// Bytes of the mapping that the cells are in; 0: they are in none.
  private let mapped: Int

  private init(capacity: Int, words: Int) {
    self.capacity = capacity
    stride = 1 + words
    (cells, mapped) = Self.allocate((capacity + 1) * stride)
  }

  /// An empty generation in a place of its own.
  static func make(capacity: Int, words: Int) -> UnsafeMutablePointer<PublishedPlaces> {
    let made = UnsafeMutablePointer<PublishedPlaces>.allocate(capacity: 1)
    made.initialize(to: PublishedPlaces(capacity: capacity, words: words))
    return made
  }

  /// Zeros. In huge pages where the table is large, since random look-ups in 4 KiB pages miss the TLB nearly every time; and
  /// then from the system, which makes each page when it is first used and not all of them now.
  private static func allocate(_ count: Int) -> (UnsafeMutablePointer<Word>, mapped: Int) {
    let hugePage = 2 << 20
    let byteCount = count * MemoryLayout<Word>.stride
    if byteCount >= hugePage {
      let length = byteCount + hugePage
      let found = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      if let found, found != MAP_FAILED {
        // Only advice: where the system has no huge pages, nothing changes.
        madvise(found, length, MADV_HUGEPAGE)
        return (found.bindMemory(to: Word.self, capacity: count), length)
      }
    }
    // A place of four words never straddles cache lines.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    let words = memory.bindMemory(to: Word.self, capacity: count)
    for i in 0..<count { (words + i).initialize(to: Word(0)) }
    return (words, 0)
  }

  func deallocate() {
    if mapped > 0 {
      munmap(cells, mapped)
    } else {
      cells.deinitialize(count: (capacity + 1) * stride)
      cells.deallocate()
    }
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

  /// Empties some places. Before readers come.
  func clear(_ places: Range<Int>) {
    for cell in places.lowerBound * stride..<places.upperBound * stride { cells[cell].store(0, ordering: .relaxed) }
  }

  /// Takes over what a place of another generation holds, unless it is given up; returns how many places more that takes.
  /// Before readers come.
  func take(_ old: PublishedPlaces, at place: Int, id: UInt64, seed: UInt64) -> Int {
    let (mine, isTaken) = self.place(of: id, seed: seed)
    if !isTaken, old.isEmpty(at: place) { return 0 }
    for word in 1..<stride {
      cells[mine * stride + word].store(old.cells[place * stride + word].load(ordering: .relaxed), ordering: .relaxed)
    }
    if isTaken { return 0 }
    cells[mine * stride].store(id, ordering: .relaxed)
    return 1
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
