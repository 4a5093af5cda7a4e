import Glibc
import Kernels
import Synchronization

/// Answers of one worker in a ring of words: the worker adds without a lock or an allocation, any thread looks up.
///
/// The newest answer takes the room of the oldest. Everything is kept in relaxed atomics, so a reader may meet the
/// worker in the middle of a change; it copies, then looks whether what it copied was being overwritten meanwhile
/// (``reserved``), and then has found nothing.
final class ServedRing: @unchecked Sendable {
  typealias Word = Atomic<UInt64>
  /// Slots that an id may be in.
  private static let ways = 8
  /// Words of a slot: the id, 0 for none, and its answer's position.
  private static let slotWords = 2
  private static let setBytes = ways * slotWords * MemoryLayout<Word>.stride

  /// [capacity] Answers one behind the other; none is in two parts.
  private let words: UnsafeMutablePointer<Word>
  private let capacity: Int
  /// [sets, ways] of slots.
  private let slots: UnsafeMutablePointer<Word>
  private let sets: Int
  private let memory: (PageMemory, PageMemory)
  private let seed: UInt64
  /// Up to which position words are written or being written; a position is a word's number since the start, and the
  /// word stands at that modulo ``capacity``.
  private let reserved = Atomic<Int>(0)
  private let found = Atomic<Int>(0)
  // The worker's.
  private var oldest = 0
  private var next = 0

  /// A ring in `bytes` of memory, of which up to an eighth finds answers; nil without that memory. `seed` hardens the
  /// finding against ids chosen to collide.
  convenience init?(bytes: Int, seed: UInt64) {
    var sets = 1
    while sets * 2 * Self.setBytes <= bytes / 8 { sets *= 2 }
    self.init(words: (bytes - sets * Self.setBytes) / MemoryLayout<Word>.stride, sets: sets, seed: seed)
  }

  /// A ring of so many words, and a power of two of sets.
  init?(words capacity: Int, sets: Int, seed: UInt64) {
    self.capacity = max(1, capacity)
    // A server that answers little shall hold little.
    guard let ring = PageMemory(byteCount: self.capacity * MemoryLayout<Word>.stride, inHugePages: false),
      let index = PageMemory(byteCount: sets * Self.setBytes, inHugePages: false),
      let words = ring.bytes.bindMemory(to: Word.self).baseAddress,
      let slots = index.bytes.bindMemory(to: Word.self).baseAddress
    else { return nil }
    // Zero bytes are atomics of 0.
    (self.words, self.slots, self.sets, memory, self.seed) = (words, slots, sets, (ring, index), seed)
  }

  /// Answers that can be found. Any thread.
  var count: Int { found.load(ordering: .relaxed) }

  // MARK: The worker

  /// Keeps an answer of `count` words that `write` puts, by number from 0 on; its first is `id`. False, and nothing is
  /// kept, where it is larger than the ring, or the id is 0 or there. The worker's thread.
  func add(_ id: UInt64, count: Int, _ write: (_ put: (Int, UInt64) -> Void) -> Void) -> Bool {
    let needed = count + 1
    guard id != 0, needed <= capacity, slot(of: id) == nil else { return false }
    var start = next
    // What does not fit at the end begins at the beginning; a length of 0 says so.
    let left = capacity - start % capacity
    if left < needed { start += left }
    while oldest < next, oldest + capacity < start + needed { dropOldest() }
    if oldest == next { oldest = start }
    reserved.store(start + needed, ordering: .relaxed)
    // Whoever sees one of the words below also sees that they are being written.
    atomicMemoryFence(ordering: .releasing)
    if start != next { words[next % capacity].store(0, ordering: .relaxed) }
    let place = words + start % capacity
    place[0].store(UInt64(count), ordering: .relaxed)
    write { place[1 + $0].store($1, ordering: .relaxed) }
    next = start + needed
    insert(id, at: start)
    return true
  }

  /// Asks for the slots that ``add(_:count:_:)`` of this id is going to look at, and for those of the answer that may have to
  /// go for it: each is a random read of a large table.
  @inline(__always)
  func prefetch(_ id: UInt64) {
    prefetchSet(of: id)
    let place = oldest % capacity
    if oldest < next, place + 1 < capacity { prefetchSet(of: words[place + 1].load(ordering: .relaxed)) }
  }

  @inline(__always)
  private func prefetchSet(of id: UInt64) {
    let set = set(of: id)
    Prefetch.line(at: set)
    Prefetch.line(at: set + Self.ways)
  }

  private func dropOldest() {
    let place = oldest % capacity
    let count = Int(truncatingIfNeeded: words[place].load(ordering: .relaxed))
    guard count > 0 else {
      oldest += capacity - place
      return
    }
    remove(words[place + 1].load(ordering: .relaxed), at: oldest)
    oldest += 1 + count
  }

  private func insert(_ id: UInt64, at position: Int) {
    let set = set(of: id)
    var chosen = set
    var age = Int.max
    for way in 0..<Self.ways {
      let slot = set + way * Self.slotWords
      if slot[0].load(ordering: .relaxed) == 0 {
        chosen = slot
        age = -1
        break
      }
      let position = Int(truncatingIfNeeded: slot[1].load(ordering: .relaxed))
      if position < age { (chosen, age) = (slot, position) }
    }
    // In a full set the oldest goes early.
    if age >= 0, chosen[0].exchange(0, ordering: .relaxed) != 0 { found.subtract(1, ordering: .relaxed) }
    chosen[1].store(UInt64(position), ordering: .relaxed)
    found.add(1, ordering: .relaxed)
    // Release: who sees the id sees the answer.
    chosen[0].store(id, ordering: .releasing)
  }

  // MARK: Any thread

  /// The answer's words, its id first; nil where it is not there, or not any more.
  func copy(_ id: UInt64) -> [UInt64]? {
    guard let slot = slot(of: id) else { return nil }
    let position = Int(truncatingIfNeeded: slot[1].load(ordering: .relaxed))
    let place = position % capacity
    let count = Int(truncatingIfNeeded: words[place].load(ordering: .relaxed))
    // Another's words may stand there by now.
    guard count > 0, count < capacity - place else { return nil }
    let copied = (1...count).map { words[place + $0].load(ordering: .relaxed) }
    atomicMemoryFence(ordering: .acquiring)
    guard reserved.load(ordering: .relaxed) <= position + capacity, copied[0] == id else { return nil }
    return copied
  }

  /// Takes an answer out; its room is given up when it is the oldest.
  func remove(_ id: UInt64) { if let slot = slot(of: id) { clear(slot, id) } }

  private func remove(_ id: UInt64, at position: Int) {
    guard let slot = slot(of: id), slot[1].load(ordering: .relaxed) == UInt64(position) else { return }
    clear(slot, id)
  }

  private func clear(_ slot: UnsafeMutablePointer<Word>, _ id: UInt64) {
    if slot[0].compareExchange(expected: id, desired: 0, ordering: .relaxed).exchanged {
      found.subtract(1, ordering: .relaxed)
    }
  }

  private func slot(of id: UInt64) -> UnsafeMutablePointer<Word>? {
    guard id != 0 else { return nil }
    let set = set(of: id)
    for way in 0..<Self.ways where set[way * Self.slotWords].load(ordering: .acquiring) == id {
      return set + way * Self.slotWords
    }
    return nil
  }

  private func set(of id: UInt64) -> UnsafeMutablePointer<Word> {
    var hash = (id ^ seed) &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 32
    return slots + (Int(truncatingIfNeeded: hash) & (sets - 1)) * Self.ways * Self.slotWords
  }
}
