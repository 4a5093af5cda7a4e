import Glibc
import Synchronization

/// A hash table from ids to a few words each, which one thread changes while any number of threads read without a lock.
///
/// Open addressing, linear probing, at most half full. A reader may see an id some changes late, and its words some
/// changes apart from each other, so words that belong together are packed into one. An id whose words are all 0 is as
/// good as absent, and its place is given up when the table is made anew.
///
/// A table that is nearly full is made anew beside the one in use, some places with each change, so that no change takes long:
/// of twice the size, or where it is full of given-up places, of the same.
///
/// Memory: 8 · (1 + words) bytes a place, 2 to 8 places an id. Outgrown tables are kept, since a reader may still be in them;
/// together they are smaller than the two in use. A reader that stays in a table until it is used again, many thousands of
/// changes later, finds nothing or the words of another id; it never leaves the memory.
final class PublishedTable: @unchecked Sendable {
  typealias Word = Atomic<UInt64>
  private static let initialCapacity = 1024
  /// How many ids ahead a place is asked for: about as many as cache misses that a core can have under way.
  private static let idsAhead = 20

  private let current: Atomic<UnsafeMutablePointer<PublishedPlaces>>
  private let published = Atomic<Int>(0)
  private let words: Int
  private let seed: UInt64
  // The writer's.
  private var generations: [UnsafeMutablePointer<PublishedPlaces>] = []
  private var spare: UnsafeMutablePointer<PublishedPlaces>?
  /// Places taken in the current generation, given-up ones included.
  private var taken = 0
  private var renewal: Renewal?

  /// The making of the next generation.
  private struct Renewal {
    let places: UnsafeMutablePointer<PublishedPlaces>
    /// Places that were emptied: also of new ones, so that the system makes their pages one after the other and not all
    /// with the first changes.
    var cleared = 0
    /// Places of the current generation that were looked at.
    var copied = 0
    /// Places taken.
    var taken = 0
  }

  /// An empty table of `words` words an id. `seed` hardens it against ids chosen to collide.
  init(words: Int, seed: UInt64) {
    (self.words, self.seed) = (words, seed)
    let first = PublishedPlaces.make(capacity: Self.initialCapacity, words: words)
    generations.append(first)
    current = Atomic(first)
  }

  deinit {
    for generation in generations {
      generation.pointee.deallocate()
      generation.deallocate()
    }
  }

  /// Ids whose words are not all 0. Any thread.
  var count: Int { published.load(ordering: .relaxed) }

  /// Calls `body` with each id's number in `ids` and its words; nil where it is absent. Any thread.
  ///
  /// - Complexity: O(`ids.count`), one or two cache misses each.
  @inline(__always)
  func lookUp(_ ids: UnsafeBufferPointer<UInt64>, _ body: (Int, UnsafeMutablePointer<Word>?) -> Void) {
    let places = current.load(ordering: .acquiring).pointee
    // Asking waits for nothing, so that many cache misses are under way at any time, and no look-up waits for all of a block.
    for i in 0..<min(Self.idsAhead, ids.count) { places.prefetch(ids[i], seed: seed) }
    for i in 0..<ids.count {
      if i + Self.idsAhead < ids.count { places.prefetch(ids[i + Self.idsAhead], seed: seed) }
      // What an empty place holds may be another id's, which the writer is just about to put there.
      let (place, isTaken) = places.place(of: ids[i], seed: seed)
      body(i, isTaken ? places.words(at: place) : nil)
    }
  }

  // MARK: The writer

  /// Has `body` store an id's words; `isEmpty`: they are all 0.
  /// - Complexity: amortised O(1).
  func publish(_ id: UInt64, isEmpty: Bool, _ body: (UnsafeMutablePointer<Word>) -> Void) {
    advance()
    let places = current.load(ordering: .relaxed).pointee
    let (place, isTaken) = places.place(of: id, seed: seed)
    if !isTaken {
      if isEmpty { return }
      taken += 1
    }
    let wasEmpty = !isTaken || places.isEmpty(at: place)
    body(places.words(at: place))
    // Release: the words first, then the id by which they are found.
    if !isTaken { places.ids(at: place)[0].store(id, ordering: .releasing) }
    published.store(count + (wasEmpty ? 1 : 0) - (isEmpty ? 1 : 0), ordering: .relaxed)
    if let renewal, renewal.cleared > renewal.places.pointee.capacity {
      self.renewal?.taken += renewal.places.pointee.take(places, at: place, id: id, seed: seed)
    }
  }

  /// Places that are emptied, and that are copied, with one change. A renewal begins at three eighths and so ends before
  /// a half is taken: after 2/64 + 1/16 as many changes as there are places.
  private static let clearedPerChange = 64
  private static let copiedPerChange = 16

  /// Makes the next generation a little more, if one is needed.
  private func advance() {
    let places = current.load(ordering: .relaxed).pointee
    guard var renewal else {
      if taken * 8 >= places.capacity * 3 { renewal = begin(places) }
      return
    }
    defer { self.renewal = renewal.copied > places.capacity ? nil : renewal }
    let size = renewal.places.pointee.capacity + 1
    if renewal.cleared < size {
      let end = min(size, renewal.cleared + Self.clearedPerChange)
      renewal.places.pointee.clear(renewal.cleared..<end)
      renewal.cleared = end
      return
    }
    let end = min(places.capacity + 1, renewal.copied + Self.copiedPerChange)
    for place in renewal.copied..<end where !places.isEmpty(at: place) {
      let id = places.ids(at: place)[0].load(ordering: .relaxed)
      renewal.taken += renewal.places.pointee.take(places, at: place, id: id, seed: seed)
    }
    renewal.copied = end
    guard end > places.capacity else { return }
    // Readers go there from now on; the old one may have some for a while.
    spare = renewal.places.pointee.capacity == places.capacity ? current.load(ordering: .relaxed) : nil
    taken = renewal.taken
    current.store(renewal.places, ordering: .releasing)
  }

  /// A generation of the same size where many places are given up, else of twice the size.
  private func begin(_ old: PublishedPlaces) -> Renewal {
    let capacity = count * 4 > old.capacity ? old.capacity * 2 : old.capacity
    if let spare, spare.pointee.capacity == capacity { return Renewal(places: spare) }
    let new = PublishedPlaces.make(capacity: capacity, words: words)
    generations.append(new)
    return Renewal(places: new)
  }
}
