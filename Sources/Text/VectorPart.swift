import Kernels

/// The vectors of one chunk of documents.
struct VectorPart<Weight: BinaryFloatingPoint & Sendable>: Sendable {
  /// Per document: where its entries end.
  private var ends: [Int] = []
  private var terms: [UInt32] = []
  private var weights: [Weight] = []

  init() {}

  /// Counts and weighs the terms of chunk `number` that have a place in the vocabulary.
  /// - Complexity: O(occurrences + the chunk's terms + V / 64).
  init(_ chunk: DocumentChunk, number: Int, _ shards: [TermShard], _ weighting: TfidfWeights) {
    let places = Self.places(chunk, number: number, shards)
    var counter = TermCounter(termCount: weighting.inverseDocumentFrequency.count)
    var rowTerms: [UInt32] = []
    var rowWeights: [Double] = []
    terms.reserveCapacity(chunk.occurrences.count)
    weights.reserveCapacity(chunk.occurrences.count)
    ends.reserveCapacity(chunk.documentOffsets.count)
    for document in 0..<(chunk.documentOffsets.count - 1) {
      for occurrence in chunk.documentOffsets[document]..<chunk.documentOffsets[document + 1] {
        let place = places[Int(chunk.occurrences[occurrence])]
        if place != .max { counter.add(place) }
      }
      weighting.drain(&counter, terms: &rowTerms, weights: &rowWeights)
      terms.append(contentsOf: rowTerms)
      for weight in rowWeights { weights.append(Weight(weight)) }
      ends.append(terms.count)
    }
  }

  /// Per term of the chunk: its place in the vocabulary, or `UInt32.max`.
  private static func places(_ chunk: DocumentChunk, number: Int, _ shards: [TermShard]) -> [UInt32] {
    var places = [UInt32](repeating: .max, count: chunk.table.count)
    for (shard, terms) in shards.enumerated() {
      for (own, merged) in zip(chunk.numbers(inShard: shard), terms.numbersByChunk[number]) {
        places[Int(own)] = terms.places[Int(merged)]
      }
    }
    return places
  }

  /// The rows of all parts, one after the other.
  /// - Complexity: O(rows + entries).
  static func joined(_ parts: [VectorPart], _ parallel: Parallel) -> SparseRows<Weight> {
    var offsets: [UInt64] = [0]
    offsets.reserveCapacity(1 + parts.reduce(0) { $0 + $1.ends.count })
    var starts: [Int] = []
    var start = 0
    for part in parts {
      starts.append(start)
      for end in part.ends { offsets.append(UInt64(start + end)) }
      start += part.terms.count
    }
    return SparseRows(
      offsets: offsets,
      columns: filled(count: start, starts, parts.map(\.terms), parallel),
      values: filled(count: start, starts, parts.map(\.weights), parallel))
  }

  /// The pieces, each from its start on, in one array: most of the time goes into touching new memory for the first time,
  /// which threads do at once.
  private static func filled<Element: Sendable>(
    count: Int, _ starts: [Int], _ pieces: [[Element]], _ parallel: Parallel
  ) -> [Element] {
    [Element](unsafeUninitializedCapacity: count) { all, initializedCount in
      if let base = all.baseAddress {
        nonisolated(unsafe) let base = base
        parallel.forEachChunk(of: pieces.count, size: 1) { number, _ in
          pieces[number].withUnsafeBufferPointer { piece in
            guard let first = piece.baseAddress else { return }
            (base + starts[number]).initialize(from: first, count: piece.count)
          }
        }
      }
      initializedCount = count
    }
  }
}
