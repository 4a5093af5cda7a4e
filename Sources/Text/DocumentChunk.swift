/// Some consecutive documents as numbers: the first step of ``TfidfTrainer``, of which many are done at once.
///
/// Term numbers count from 0 within the chunk. Memory: 4 bytes per term occurrence, plus the chunk's different terms.
struct DocumentChunk: Sendable {
  /// The chunk's terms.
  private(set) var table = TermTable()
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
  /// Per term: the last document that had it, counted from 1.
  private var lastDocuments: [Int] = []

  /// Adds the next document; an empty one counts as a document too.
  /// - Complexity: O(bytes), amortised.
  mutating func add(_ text: UnsafeRawBufferPointer, _ reader: inout TermReader) {
    let document = documentOffsets.count
    reader.forEachTerm(text) { term in
      let number = table.intern(term)
      let index = Int(number)
      if index == frequencies.count {
        frequencies.append(TermFrequency())
        lastDocuments.append(0)
      }
      frequencies[index].occurrences += 1
      if lastDocuments[index] != document {
        lastDocuments[index] = document
        frequencies[index].documents += 1
      }
      occurrences.append(number)
    }
    documentOffsets.append(occurrences.count)
  }

  /// Ends the chunk: puts its terms in order of their shard.
  mutating func seal() {
    lastDocuments = []
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

  /// The numbers of the terms that belong to a shard.
  func numbers(inShard shard: Int) -> ArraySlice<UInt32> {
    numbersByShard[shardOffsets[shard]..<shardOffsets[shard + 1]]
  }
}
