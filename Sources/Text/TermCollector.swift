/// One worker's part in the first step of ``TfidfTrainer``: takes documents, and numbers and counts their terms.
///
/// Numbers count from 0 within the collector, in the order in which it met the terms. Which documents a collector gets
/// may be chance, since all that is asked of it later, sums over all collectors and the bytes of terms, is the same.
struct TermCollector: Sendable {
  private var reader: TermReader
  /// The terms so far.
  private(set) var table = TermTable(expectedCount: 4096)
  /// How common they are so far.
  private(set) var tally = TermTally()

  init(_ options: TfidfOptions) {
    reader = TermReader(options)
  }

  /// Adds a document, which may be empty, and its numbers to `chunk`.
  /// - Complexity: O(bytes), amortised.
  mutating func take(_ text: UnsafeRawBufferPointer, into chunk: inout DocumentChunk) {
    tally.beginDocument()
    withUnsafeTemporaryAllocation(of: KeyedTerm.self, capacity: KeyedTerm.batchSize) { batch in
      var count = 0
      reader.forEachTerm(text) { term in
        batch.initializeElement(at: count, to: KeyedTerm(padded: term))
        count &+= 1
        if count == KeyedTerm.batchSize {
          Self.look(up: UnsafeBufferPointer(batch), &table, &tally, &chunk)
          count = 0
        }
      }
      Self.look(up: UnsafeBufferPointer(rebasing: batch[..<count]), &table, &tally, &chunk)
    }
    chunk.endDocument(repeated: tally.repeated)
  }

  /// Numbers and counts some terms of the document.
  private static func look(
    up terms: UnsafeBufferPointer<KeyedTerm>, _ table: inout TermTable, _ tally: inout TermTally,
    _ chunk: inout DocumentChunk
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: KeyedTerm.batchSize) { numbers in
      let numbers = UnsafeMutableBufferPointer(rebasing: numbers[..<terms.count])
      table.intern(terms, into: numbers)
      chunk.append(tally.add(numbers, termCount: table.count))
    }
  }

  /// Frees what only reading needs.
  mutating func end() {
    table.endLookups()
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
