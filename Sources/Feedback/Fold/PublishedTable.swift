import Glibc
import Synchronization

/// A hash table from ids to a few words each, which one thread changes while any number of threads read without a lock.
///
/// Open addressing, linear probing, at most half full. A reader may see an id some changes late, and its words some
/// changes apart from each other, so words that belong together are packed into one. An id whose words are all 0 is as
/// good as absent, and its place is given up when the table is made anew.
///
/// Memory: 8 · (1 + words) bytes a place, 2 to 8 places an id: a table that is full of given-up places is made anew in a
/// second one of its size. Outgrown tables are kept, since a reader may still be in them; together they are smaller than the
/// two in use. A reader that stays in a table until it is used again, many thousands of changes later, finds nothing or
/// the words of another id; it never leaves the memory.
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
    var places = current.load(ordering: .relaxed).pointee
    var (place, isTaken) = places.place(of: id, seed: seed)
    if !isTaken {
      if isEmpty { return }
      if (taken + 1) * 2 > places.capacity {
        places = renew(places)
        place = places.place(of: id, seed: seed).index
      }
      taken += 1
    }
    let wasEmpty = !isTaken || places.isEmpty(at: place)
    body(places.words(at: place))
    // Release: the words first, then the id by which they are found.
    if !isTaken { places.ids(at: place)[0].store(id, ordering: .releasing) }
    published.store(count + (wasEmpty ? 1 : 0) - (isEmpty ? 1 : 0), ordering: .relaxed)
  }

  /// Publishes a table with the same contents but the given-up places; of twice the size if it is needed.
  private func renew(_ old: PublishedPlaces) -> PublishedPlaces {
    let capacity = count * 4 > old.capacity ? old.capacity * 2 : old.capacity
    let new: UnsafeMutablePointer<PublishedPlaces>
    if let spare, spare.pointee.capacity == capacity {
      new = spare
      new.pointee.clear()
    } else {
      new = PublishedPlaces.make(capacity: capacity, words: words)
      generations.append(new)
    }
    spare = capacity == old.capacity ? current.load(ordering: .relaxed) : nil
    taken = new.pointee.copy(old, seed: seed)
    current.store(new, ordering: .releasing)
    return new.pointee
  }
}
