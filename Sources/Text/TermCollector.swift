/// One worker's part in the first step of ``TfidfTrainer``: reads documents, and numbers and counts their terms.
///
/// Numbers count from 0 within the collector, in the order in which it met the terms. Which documents a collector gets
/// may be chance, since all that is asked of it later, sums over all collectors and the bytes of terms, is the same.
struct TermCollector: Sendable {
  /// Terms looked up before any is counted: looking up waits for memory, and so many waits overlap.
  private static let batchSize = 64

  private var reader: TermReader
  /// The terms so far.
  private(set) var table = TermTable(expectedCount: 4096)
  private var tally = TermTally()

  init(_ options: TfidfOptions) {
    reader = TermReader(options)
  }

  /// Per term.
  var frequencies: [TermFrequency] { tally.frequencies }

  /// Adds a document, which may be empty, and its numbers to `chunk`.
  /// - Complexity: O(bytes), amortised.
  mutating func read(_ text: UnsafeRawBufferPointer, into chunk: inout DocumentChunk) {
    tally.beginDocument()
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.batchSize) { numbers in
      var count = 0
      reader.forEachTerm(text) { term in
        numbers[count] = table.intern(term, TermKey(padded: term))
        count &+= 1
        if count == Self.batchSize {
          chunk.append(tally.add(numbers, termCount: table.count))
          count = 0
        }
      }
      let rest = UnsafeMutableBufferPointer(rebasing: numbers[..<count])
      chunk.append(tally.add(rest, termCount: table.count))
    }
    chunk.endDocument(repeated: tally.repeated)
  }

  /// Frees what only reading needs.
  mutating func end() {
    table.endLookups()
    tally.end()
  }

  /// The numbers of the terms, those of shard 0 first, within a shard ascending; and where each shard begins among them.
  /// - Complexity: O(terms).
  func numbersByShard() -> (numbers: [UInt32], offsets: [Int]) {
    var next = [Int](repeating: 0, count: TermShard.count + 1)
    for hash in table.hashes { next[TermShard.number(ofHash: hash) + 1] += 1 }
    for shard in 0..<TermShard.count { next[shard + 1] += next[shard] }
    let offsets = next
    var numbers = [UInt32](repeating: 0, count: table.count)
    for (number, hash) in table.hashes.enumerated() {
      let shard = TermShard.number(ofHash: hash)
      numbers[next[shard]] = UInt32(number)
      next[shard] += 1
    }
    return (numbers, offsets)
  }
}
