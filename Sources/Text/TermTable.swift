/// Terms numbered in the order in which they were first met, found again by their bytes.
///
/// Open addressing with linear probing at a load of at most one half. A slot holds the term's number and 32 bits of its
/// hash, so that a look-up compares the bytes of one candidate almost always.
struct TermTable: Sendable {
  private static let empty = UInt64.max

  /// All terms' bytes, one after the other.
  private var bytes: [UInt8] = []
  /// Where each term begins in ``bytes``, and at last their end.
  private var offsets: [Int] = [0]
  /// Per term: its ``TermBytes/hash(_:)``.
  private(set) var hashes: [UInt32] = []
  /// Hash in the upper half, number in the lower half, or ``empty``. The count is a power of two.
  private var slots: [UInt64]

  /// An empty table with room for `expectedCount` terms before it grows for the first time.
  init(expectedCount: Int = 8) {
    var count = 16
    while count < 2 * expectedCount { count *= 2 }
    slots = [UInt64](repeating: Self.empty, count: count)
  }

  /// Number of terms.
  var count: Int { hashes.count }

  /// The number of a term, or nil.
  /// - Complexity: O(bytes of the term), expected.
  @inline(__always)
  func index(of term: UnsafeBufferPointer<UInt8>) -> UInt32? {
    let slot = slots[findSlot(of: term, hash: TermBytes.hash(term))]
    return slot == Self.empty ? nil : UInt32(truncatingIfNeeded: slot)
  }

  /// The number of a term, which is added if it is new.
  /// - Complexity: O(bytes of the term), amortised.
  @inline(__always)
  mutating func intern(_ term: UnsafeBufferPointer<UInt8>) -> UInt32 {
    intern(term, hash: TermBytes.hash(term))
  }

  /// The same with the term's hash at hand.
  @inline(__always)
  mutating func intern(_ term: UnsafeBufferPointer<UInt8>, hash: UInt32) -> UInt32 {
    let place = findSlot(of: term, hash: hash)
    if slots[place] != Self.empty { return UInt32(truncatingIfNeeded: slots[place]) }
    return store(term, hash: hash, place: place)
  }

  /// Gives a term the next number. If it has one already, it keeps the old one too, and look-ups find the old one.
  mutating func append(_ term: UnsafeBufferPointer<UInt8>) {
    let hash = TermBytes.hash(term)
    let place = findSlot(of: term, hash: hash)
    if slots[place] == Self.empty {
      _ = store(term, hash: hash, place: place)
    } else {
      bytes.append(contentsOf: term)
      offsets.append(bytes.count)
      hashes.append(hash)
    }
  }

  @inline(never)
  private mutating func store(_ term: UnsafeBufferPointer<UInt8>, hash: UInt32, place: Int) -> UInt32 {
    let number = UInt32(count)
    bytes.append(contentsOf: term)
    offsets.append(bytes.count)
    hashes.append(hash)
    slots[place] = UInt64(hash) << 32 | UInt64(number)
    if count * 2 > slots.count { grow() }
    return number
  }

  /// Calls `body` with the bytes of a term.
  @inline(__always)
  func withTerm<R>(_ number: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[offsets[number]..<offsets[number + 1]])) }
  }

  /// Frees what only look-ups need: from now on no term is found.
  mutating func endLookups() { slots = [Self.empty] }

  /// The slot that holds the term, or the empty one where it belongs.
  @inline(__always)
  private func findSlot(of term: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int {
    let mask = slots.count - 1
    var place = Int(hash) & mask
    while true {
      let slot = slots[place]
      if slot == Self.empty { return place }
      if UInt32(truncatingIfNeeded: slot >> 32) == hash, isEqual(UInt32(truncatingIfNeeded: slot), term) {
        return place
      }
      place = (place + 1) & mask
    }
  }

  @inline(__always)
  private func isEqual(_ number: UInt32, _ term: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = offsets[Int(number)]
    guard offsets[Int(number) + 1] - start == term.count else { return false }
    return bytes.withUnsafeBytes { all in
      guard let own = all.baseAddress, let other = term.baseAddress else { return term.isEmpty }
      return TermBytes.areEqual(own + start, UnsafeRawPointer(other), count: term.count)
    }
  }

  private mutating func grow() {
    var larger = [UInt64](repeating: Self.empty, count: slots.count * 2)
    let mask = larger.count - 1
    for slot in slots where slot != Self.empty {
      var place = Int(slot >> 32) & mask
      while larger[place] != Self.empty { place = (place + 1) & mask }
      larger[place] = slot
    }
    slots = larger
  }
}
