/// Terms numbered in the order in which they were first met, found again by their bytes.
///
/// Open addressing with linear probing at a load of at most one half. A slot holds the first eight bytes of its term and
/// a tag of its length and hash, so that most look-ups touch one cache line and nothing else.
struct TermTable: Sendable {
  private struct Slot {
    var prefix: UInt64 = 0
    var tag: UInt32 = 0
    /// The term's number, or `UInt32.max` in an empty slot.
    var number: UInt32 = .max

    var isEmpty: Bool { number == .max }
  }

  /// All terms' bytes, one after the other.
  private var bytes: [UInt8] = []
  /// Where each term begins in ``bytes``, and at last their end.
  private var offsets: [Int] = [0]
  /// Per term: its ``TermKey/hash``.
  private(set) var hashes: [UInt32] = []
  /// The count is a power of two.
  private var slots: [Slot]

  /// An empty table with room for `expectedCount` terms before it grows for the first time.
  init(expectedCount: Int = 8) {
    slots = [Slot](repeating: Slot(), count: Self.slotCount(for: expectedCount))
  }

  private static func slotCount(for count: Int) -> Int {
    var slots = 16
    while slots < 2 * count { slots *= 2 }
    return slots
  }

  /// Number of terms.
  var count: Int { hashes.count }

  /// The number of a term, or nil.
  /// - Complexity: O(bytes of the term), expected.
  @inline(__always)
  func index(of term: UnsafeBufferPointer<UInt8>) -> UInt32? {
    index(of: term, TermKey(term))
  }

  /// The same with the term's key at hand.
  @inline(__always)
  func index(of term: UnsafeBufferPointer<UInt8>, _ key: TermKey) -> UInt32? {
    let number = slots.withUnsafeBufferPointer { $0[findSlot(of: term, key, in: $0)].number }
    return number == .max ? nil : number
  }

  /// The number of a term, which is added if it is new.
  /// - Complexity: O(bytes of the term), amortised.
  @inline(__always)
  mutating func intern(_ term: UnsafeBufferPointer<UInt8>, _ key: TermKey) -> UInt32 {
    let (place, number) = slots.withUnsafeBufferPointer { slots in
      let place = findSlot(of: term, key, in: slots)
      return (place, slots[place].number)
    }
    return number == .max ? store(term, key, place: place) : number
  }

  /// Gives a term the next number. If it has one already, it keeps the old one too, and look-ups find the old one.
  mutating func append(_ term: UnsafeBufferPointer<UInt8>) {
    let key = TermKey(term)
    let place = slots.withUnsafeBufferPointer { findSlot(of: term, key, in: $0) }
    if slots[place].isEmpty {
      _ = store(term, key, place: place)
    } else {
      keep(term, key)
    }
  }

  @inline(never)
  private mutating func store(_ term: UnsafeBufferPointer<UInt8>, _ key: TermKey, place: Int) -> UInt32 {
    let number = UInt32(count)
    keep(term, key)
    slots[place] = Slot(prefix: key.prefix, tag: key.tag, number: number)
    if count * 2 > slots.count { grow() }
    return number
  }

  private mutating func keep(_ term: UnsafeBufferPointer<UInt8>, _ key: TermKey) {
    bytes.append(contentsOf: term)
    offsets.append(bytes.count)
    hashes.append(key.hash)
  }

  /// Calls `body` with the bytes of a term.
  @inline(__always)
  func withTerm<R>(_ number: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[offsets[number]..<offsets[number + 1]])) }
  }

  /// Frees what only look-ups need: from now on no term is found.
  mutating func endLookups() { slots = [Slot()] }

  /// The slot that holds the term, or the empty one where it belongs.
  @inline(__always)
  private func findSlot(
    of term: UnsafeBufferPointer<UInt8>, _ key: TermKey, in slots: UnsafeBufferPointer<Slot>
  ) -> Int {
    let mask = slots.count &- 1
    var place = Int(key.hash) & mask
    while true {
      let slot = slots[place]
      if slot.isEmpty { return place }
      if slot.prefix == key.prefix, slot.tag == key.tag {
        // Up to eight bytes the prefix and the length in the tag are the whole term.
        if term.count <= 8 || isEqual(slot.number, term) { return place }
      }
      place = (place &+ 1) & mask
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
    var larger = [Slot](repeating: Slot(), count: slots.count * 2)
    let mask = larger.count - 1
    for slot in slots where !slot.isEmpty {
      var place = Int(hashes[Int(slot.number)]) & mask
      while !larger[place].isEmpty { place = (place + 1) & mask }
      larger[place] = slot
    }
    slots = larger
  }
}
