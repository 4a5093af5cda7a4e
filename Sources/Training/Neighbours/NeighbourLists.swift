import Kernels

/// The nearest few of everybody, found row by row: memory for the ratings and the lists, never for all pairs.
package struct NeighbourLists: Sendable, Equatable {
  /// Rows that a thread takes at a time.
  private static let chunkSize = 32
  /// Rows between two reports of progress.
  private static let slabSize = 4096

  /// [rows + 1]: row r has the entries `offsets[r]..<offsets[r + 1]`.
  package private(set) var offsets: [Int] = [0]
  /// Numbers of the neighbours: the most similar first, among equals the smallest number.
  package private(set) var neighbours: [UInt32] = []
  /// Their similarities, finite and positive.
  package private(set) var similarities: [Double] = []
  /// Pairs left out because the measure divides by zero or gives NaN: their similarity counts as 0.
  package private(set) var undefinedPairs = 0

  /// The up to `limit` (at least 1) others with the highest positive similarity, for every user or every item; equal to
  /// Surprise's `get_neighbors` over the same numbers. `progress` hears how many rows are done, on the calling thread.
  ///
  /// - Throws: ``NeighbourError/badOption(name:value:reason:)``.
  /// - Complexity: O(Σ over columns of their ratings squared) time; memory O(ratings + limit · rows + threads · rows).
  package init(
    _ ratings: RatingSet, _ options: SimilarityOptions, limit: Int, baselines: Baselines? = nil, parallel: Parallel,
    progress: (Int) -> Void = { _ in }
  ) throws(NeighbourError) {
    try options.validate()
    guard limit >= 1 else { throw .badOption(name: "limit", value: "\(limit)", reason: "must be at least 1") }
    let common = try CommonRatings(ratings, options, baselines: baselines)
    let rowCount = common.rowCount
    let formula = PairFormula(options)
    let pool = PairSumsPool(kind: formula.sums, rowCount: rowCount)
    // A slab at a time, so that somebody can hear how far it is and pieces do not pile up.
    for start in stride(from: 0, to: rowCount, by: Self.slabSize) {
      let size = min(Self.slabSize, rowCount - start)
      let chunks = Parallel.chunkCount(of: size, size: Self.chunkSize)
      var pieces = [Piece](repeating: Piece(), count: chunks)
      pieces.withUnsafeMutableBufferPointer { pieces in
        parallel.forEachChunk(of: size, size: Self.chunkSize) { chunk, range in
          pool.withSums { sums in
            var piece = Piece()
            for row in range {
              common.accumulate(row: start + row, onlyLater: false, into: sums)
              piece.append(row: start + row, sums, formula, limit: min(limit, rowCount))
              sums.clear()
            }
            pieces[chunk] = piece
          }
        }
      }
      for piece in pieces { append(piece) }
      progress(start + size)
    }
  }

  /// Rows.
  package var count: Int { offsets.count - 1 }
  /// Neighbours of all rows together.
  package var entryCount: Int { neighbours.count }
  /// The places of a row's neighbours.
  package func entries(of row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

  private mutating func append(_ piece: Piece) {
    for length in piece.lengths { offsets.append((offsets.last ?? 0) + length) }
    neighbours += piece.neighbours
    similarities += piece.similarities
    undefinedPairs += piece.undefinedPairs
  }

  /// The lists of some rows that follow each other.
  private struct Piece: Sendable {
    var lengths: [Int] = []
    var neighbours: [UInt32] = []
    var similarities: [Double] = []
    var undefinedPairs = 0

    /// Chooses the best of what a row has met.
    mutating func append(row: Int, _ sums: PairSums, _ formula: PairFormula, limit: Int) {
      let capacity = min(limit, max(1, sums.metCount))
      withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) { bestSimilarities in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: capacity) { best in
          guard let similarityMemory = bestSimilarities.baseAddress, let memory = best.baseAddress else { return }
          var heap = NeighbourHeap(similarities: similarityMemory, places: memory, capacity: capacity)
          for index in 0..<sums.metCount {
            let other = sums.met[index]
            let similarity = formula.similarity(sums.table + Int(other) * sums.lanes) ?? .nan
            if similarity > 0, similarity.isFinite {
              heap.offer(similarity, at: other)
            } else if !similarity.isFinite, Int(other) > row {
              undefinedPairs += 1
            }
          }
          heap.finish()
          lengths.append(heap.count)
          neighbours += UnsafeBufferPointer(start: memory, count: heap.count)
          similarities += UnsafeBufferPointer(start: similarityMemory, count: heap.count)
        }
      }
    }
  }
}
