import Kernels

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

    @inline(__always)
    var isEmpty: Bool { number == .max }
  }

  /// Up to so many terms the table grows faster.
  private static let fewTerms = 1 << 18

  private var store = TermStore()
  /// The count is a power of two.
  private var slots: [Slot]

  /// An empty table with room for `expectedCount` terms before it grows for the first time.
  init(expectedCount: Int = 8) {
    slots = Self.emptySlots(for: expectedCount)
  }

  private static func emptySlots(for count: Int) -> [Slot] {
    var slotCount = 16
    while slotCount < 2 * count { slotCount *= 2 }
    return [Slot](repeating: Slot(), count: slotCount)
  }

  /// Number of terms.
  var count: Int { store.count }

  /// Per term: its ``TermKey/hash``.
  var hashes: [UInt32] { store.hashes }

  /// The number of a term, or nil.
  /// - Complexity: O(bytes of the term), expected.
  @inline(__always)
  func index(of term: UnsafeBufferPointer<UInt8>) -> UInt32? {
    index(of: KeyedTerm(bytes: term, key: TermKey(term)))
  }

  /// The same with the term's key at hand.
  @inline(__always)
  func index(of term: KeyedTerm) -> UInt32? {
    let number = slots.withUnsafeBufferPointer { slots in
      slots[Self.findSlot(of: term, in: slots) { store.isEqual($0, term.bytes) }].number
    }
    return number == .max ? nil : number
  }

  /// The number of a term, which is added if it is new.
  /// - Complexity: O(bytes of the term), amortised.
  mutating func intern(_ term: UnsafeBufferPointer<UInt8>) -> UInt32 {
    intern(KeyedTerm(bytes: term, key: TermKey(term)))
  }

  /// The same with the term's key at hand.
  @inline(__always)
  mutating func intern(_ term: KeyedTerm) -> UInt32 {
    makeRoom(for: 1)
    return slots.withUnsafeMutableBufferPointer { Self.intern(term, in: $0, &store) }
  }

  /// The numbers of some terms, those that are new added. The table grows before, if at all, so that nothing moves
  /// while terms are looked up and the waits of many look-ups for memory overlap.
  /// - Complexity: O(bytes of the terms), amortised.
  mutating func intern(_ terms: UnsafeBufferPointer<KeyedTerm>, into numbers: UnsafeMutableBufferPointer<UInt32>) {
    makeRoom(for: terms.count)
    slots.withUnsafeMutableBufferPointer { slots in
      guard let start = slots.baseAddress else { return }
      for term in terms { Prefetch.line(at: start + (Int(term.key.hash) & (slots.count &- 1))) }
      for index in terms.indices { numbers[index] = Self.intern(terms[index], in: slots, &store) }
    }
  }

  /// Gives a term the next number. If it has one already, it keeps the old one too, and look-ups find the old one.
  mutating func append(_ term: UnsafeBufferPointer<UInt8>) {
    let next = count
    if intern(term) != next { store.append(term, TermKey(term)) }
  }

  /// Calls `body` with the bytes of a term.
  @inline(__always)
  func withTerm<R>(_ number: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R { store.withTerm(number, body) }

  /// Calls `body` with some of the terms at a time, all of `numbers` in their order.
  func forEachBatch(of numbers: ArraySlice<UInt32>, _ body: (UnsafeBufferPointer<KeyedTerm>) -> Void) {
    store.forEachBatch(of: numbers, body)
  }

  /// Frees what only look-ups need: from now on no term is found.
  mutating func endLookups() { slots = [Slot()] }

  @inline(__always)
  private static func intern(
    _ term: KeyedTerm, in slots: UnsafeMutableBufferPointer<Slot>, _ store: inout TermStore
  ) -> UInt32 {
    let place = findSlot(of: term, in: UnsafeBufferPointer(slots)) { store.isEqual($0, term.bytes) }
    if slots[place].isEmpty {
      slots[place] = Slot(prefix: term.key.prefix, tag: term.key.tag, number: UInt32(store.count))
      store.append(term.bytes, term.key)
    }
    return slots[place].number
  }

  /// The slot that holds the term, or the empty one where it belongs; `isEqual` compares the bytes of long terms.
  @inline(__always)
  private static func findSlot(
    of term: KeyedTerm, in slots: UnsafeBufferPointer<Slot>, isEqual: (_ number: UInt32) -> Bool
  ) -> Int {
    let mask = slots.count &- 1
    var place = Int(term.key.hash) & mask
    while true {
      let slot = slots[place]
      if slot.isEmpty { return place }
      if slot.prefix == term.key.prefix, slot.tag == term.key.tag {
        // Up to eight bytes the prefix and the length in the tag are the whole term.
        if term.bytes.count <= 8 || isEqual(slot.number) { return place }
      }
      place = (place &+ 1) & mask
    }
  }

  /// Grows until so many more terms leave half of the slots empty.
  @inline(__always)
  private mutating func makeRoom(for more: Int) {
    if (count + more) * 2 > slots.count { grow(to: count + more) }
  }

  private mutating func grow(to count: Int) {
    // While it is some megabytes, four times as many slots as before, since moving terms costs more; later twice.
    var larger = Self.emptySlots(for: count <= Self.fewTerms ? 2 * count : count)
    larger.withUnsafeMutableBufferPointer { larger in
      let mask = larger.count &- 1
      for slot in slots where !slot.isEmpty {
        // The tag knows 24 bits of the hash, which is all but always enough and spares a look elsewhere.
        var place = (mask >> 24 == 0 ? Int(slot.tag >> 8) : Int(store.hashes[Int(slot.number)])) & mask
        while !larger[place].isEmpty { place = (place &+ 1) & mask }
        larger[place] = slot
      }
    }
    slots = larger
  }
}
