/// Some consecutive documents as numbers: the first step of ``TfidfTrainer``, of which many are done at once.
///
/// Term numbers count from 0 within the chunk. Memory: 4 bytes per term occurrence, plus the chunk's different terms.
struct DocumentChunk: Sendable {
  /// The chunk's terms.
  private(set) var table = TermTable(expectedCount: 4096)
  /// Per term.
  private(set) var frequencies: [TermFrequency] = []
  /// The terms of all documents, one after the other, as often as they occur.
  private(set) var occurrences: [UInt32] = []
  /// Where each document begins in ``occurrences``, and at last their end.
  private(set) var documentOffsets: [Int] = [0]
  /// The terms' numbers, those of shard 0 first; within a shard ascending.
  private var numbersByShard: [UInt32] = []
  /// [shards + 1]: where each shard begins in ``numbersByShard``.
  private var shardOffsets: [Int] = []

  /// Adds the next document; an empty one counts as a document too.
  /// - Complexity: O(bytes), amortised.
  mutating func add(_ text: UnsafeRawBufferPointer, _ reader: inout TermReader) {
    reader.forEachTerm(text) { term in occurrences.append(table.intern(term, TermKey(padded: term))) }
    documentOffsets.append(occurrences.count)
  }

  /// Ends the chunk: counts its terms and puts them in order of their shard.
  /// - Complexity: O(occurrences + terms).
  mutating func seal() {
    table.endLookups()
    countTerms()
    var next = [Int](repeating: 0, count: TermShard.count + 1)
    for hash in table.hashes { next[TermShard.number(ofHash: hash) + 1] += 1 }
    for shard in 0..<TermShard.count { next[shard + 1] += next[shard] }
    shardOffsets = next
    numbersByShard = [UInt32](repeating: 0, count: table.count)
    for (number, hash) in table.hashes.enumerated() {
      let shard = TermShard.number(ofHash: hash)
      numbersByShard[next[shard]] = UInt32(number)
      next[shard] += 1
    }
  }

  private mutating func countTerms() {
    frequencies = [TermFrequency](repeating: TermFrequency(), count: table.count)
    // Per term: the last document that had it, counted from 1.
    var lastDocuments = [Int](repeating: 0, count: table.count)
    frequencies.withUnsafeMutableBufferPointer { frequencies in
      lastDocuments.withUnsafeMutableBufferPointer { lastDocuments in
        for document in 1..<documentOffsets.count {
          for occurrence in documentOffsets[document - 1]..<documentOffsets[document] {
            let number = Int(occurrences[occurrence])
            frequencies[number].occurrences += 1
            if lastDocuments[number] != document {
              lastDocuments[number] = document
              frequencies[number].documents += 1
            }
          }
        }
      }
    }
  }

  /// The numbers of the terms that belong to a shard.
  func numbers(inShard shard: Int) -> ArraySlice<UInt32> {
    numbersByShard[shardOffsets[shard]..<shardOffsets[shard + 1]]
  }
}
