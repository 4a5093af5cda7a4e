import Kernels

/// The vectors of one chunk of documents.
struct VectorPart: Sendable {
  /// Per document: where its entries end.
  private var ends: [Int] = []
  private var terms: [UInt32] = []
  private var weights: [Double] = []

  init() {}

  /// Counts and weighs the terms of chunk `number` that have a place in the vocabulary.
  /// - Complexity: O(occurrences + the chunk's terms + documents · V / 4096).
  init(_ chunk: DocumentChunk, number: Int, _ shards: [TermShard], _ weighting: TfidfWeights) {
    let places = Self.places(chunk, number: number, shards)
    var counter = TermCounter(termCount: weighting.inverseDocumentFrequency.count)
    terms.reserveCapacity(chunk.occurrences.count)
    weights.reserveCapacity(chunk.occurrences.count)
    ends.reserveCapacity(chunk.documentOffsets.count)
    for document in 1..<chunk.documentOffsets.count {
      counter.add(chunk.occurrences[chunk.documentOffsets[document - 1]..<chunk.documentOffsets[document]], places)
      weighting.appendVector(of: &counter, terms: &terms, weights: &weights)
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

  /// The rows of all parts, one after the other, weights rounded.
  /// - Complexity: O(rows + entries).
  static func joined<Weight: BinaryFloatingPoint & Sendable>(
    _ parts: [VectorPart], _ parallel: Parallel
  ) -> SparseRows<Weight> {
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
      columns: filled(count: start, starts, parts.map(\.terms), parallel) { $0 },
      values: filled(count: start, starts, parts.map(\.weights), parallel) { Weight($0) })
  }

  /// The pieces, each from its start on, in one array: most of the time goes into touching new memory for the first
  /// time, which threads do at once.
  @inline(__always)
  private static func filled<Source: Sendable, Element: Sendable>(
    count: Int, _ starts: [Int], _ pieces: [[Source]], _ parallel: Parallel, _ convert: @Sendable (Source) -> Element
  ) -> [Element] {
    [Element](unsafeUninitializedCapacity: count) { all, initializedCount in
      nonisolated(unsafe) let all = all
      parallel.forEachChunk(of: pieces.count, size: 1) { number, _ in
        let piece = pieces[number]
        for index in piece.indices { all.initializeElement(at: starts[number] + index, to: convert(piece[index])) }
      }
      initializedCount = count
    }
  }
}
