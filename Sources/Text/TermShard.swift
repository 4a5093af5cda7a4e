/// The part of a collection's terms whose hashes begin alike: terms of different shards are never compared, so shards
/// are merged at the same time.
struct TermShard: Sendable {
  /// How many shards there are, whatever the number of threads.
  static let count = 16

  /// The shard's terms, numbered by first occurrence.
  private(set) var table = TermTable()
  /// Per term, over all chunks.
  private(set) var frequencies: [TermFrequency] = []
  /// For each chunk: the numbers here of its terms in this shard, in the order of ``DocumentChunk/numbers(inShard:)``.
  private(set) var numbersByChunk: [[UInt32]] = []
  /// Per term: its place in the vocabulary, or `UInt32.max`.
  var places: [UInt32] = []

  /// The shard of a term.
  @inline(__always)
  static func number(ofHash hash: UInt32) -> Int { Int(hash >> 28) }

  /// Merges what the chunks, in their order, have in a shard.
  /// - Complexity: O(bytes of these terms).
  init(number: Int, of chunks: [DocumentChunk]) {
    numbersByChunk.reserveCapacity(chunks.count)
    for chunk in chunks { numbersByChunk.append(merge(chunk, chunk.numbers(inShard: number))) }
    places = [UInt32](repeating: .max, count: table.count)
  }

  private mutating func merge(_ chunk: DocumentChunk, _ numbers: ArraySlice<UInt32>) -> [UInt32] {
    numbers.map { number in
      let own = chunk.table.withTerm(Int(number)) { table.intern($0, TermKey($0)) }
      if Int(own) == frequencies.count { frequencies.append(TermFrequency()) }
      frequencies[Int(own)].occurrences += chunk.frequencies[Int(number)].occurrences
      frequencies[Int(own)].documents += chunk.frequencies[Int(number)].documents
      return own
    }
  }
}
