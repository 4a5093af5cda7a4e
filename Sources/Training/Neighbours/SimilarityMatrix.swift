import Kernels

/// All similarities at once, as Surprise computes them: n × n numbers, for data of which that many are few.
package struct SimilarityMatrix: Sendable {
  /// More users or items than this are refused: their matrix would take more than 3.2 GB.
  package static let largestCount = 20_000
  /// Rows that a thread takes at a time.
  private static let chunkSize = 16

  /// Users or items.
  package let count: Int
  /// [count, count], symmetric, 1 on the diagonal.
  package let values: [Double]
  /// Whether a value is NaN, which only ``Similarity/pearson`` gives.
  let hasNaN: Bool

  /// The matrix of `surprise.similarities`, to the last bit. `baselines` are those of the same ratings; only
  /// ``Similarity/pearsonBaseline`` looks at them.
  /// - Throws: ``NeighbourError``: an option out of range, too many rows, or a pair for which the measure divides by
  ///   zero (the first in order of numbers).
  /// - Complexity: O(n² + Σ over columns of their ratings squared).
  package init(
    _ ratings: RatingSet, _ options: SimilarityOptions, baselines: Baselines? = nil, parallel: Parallel
  ) throws(NeighbourError) {
    try options.validate()
    let count = ratings.lists(of: options.side).count
    guard count <= Self.largestCount else {
      throw .tooManyRows(side: options.side, count: count, limit: Self.largestCount)
    }
    let common = try CommonRatings(ratings, options, baselines: baselines)
    let formula = PairFormula(options)
    let pool = PairSumsPool(kind: formula.sums, rowCount: count)
    let chunks = Parallel.chunkCount(of: count, size: Self.chunkSize)
    var undefined = [UndefinedPair?](repeating: nil, count: chunks)
    var nans = [Bool](repeating: false, count: chunks)
    var matrix = [Double](repeating: 0, count: count * count)
    matrix.withUnsafeMutableBufferPointer { matrix in
      undefined.withUnsafeMutableBufferPointer { undefined in
        nans.withUnsafeMutableBufferPointer { nans in
          guard let matrix = matrix.baseAddress else { return }
          parallel.forEachChunk(of: count, size: Self.chunkSize) { chunk, rows in
            pool.withSums { sums in
              for row in rows {
                common.accumulate(row: row, onlyLater: true, into: sums)
                let found = Self.fill(matrix, row: row, count: count, from: sums, formula, sawNaN: &nans[chunk])
                if undefined[chunk] == nil { undefined[chunk] = found }
                sums.clear()
              }
            }
          }
        }
      }
    }
    if let pair = undefined.lazy.compactMap({ $0 }).first { throw pair.error(ratings, options) }
    self.count = count
    values = matrix
    hasNaN = nans.contains(true)
  }

  /// Writes a row from the diagonal on, and its mirror image; nobody else writes these cells.
  private static func fill(
    _ matrix: UnsafeMutablePointer<Double>, row: Int, count: Int, from sums: PairSums, _ formula: PairFormula,
    sawNaN: inout Bool
  ) -> UndefinedPair? {
    var undefined: UndefinedPair?
    matrix[row * count + row] = 1
    for index in 0..<sums.metCount {
      let other = Int(sums.met[index])
      let place = sums.table + other * sums.lanes
      guard let similarity = formula.similarity(place) else {
        if other < undefined?.second ?? .max { undefined = UndefinedPair(first: row, second: other, sums: place) }
        continue
      }
      if similarity.isNaN { sawNaN = true }
      matrix[row * count + other] = similarity
      matrix[other * count + row] = similarity
    }
    return undefined
  }

  /// The similarity of two users or items by their numbers in the ``RatingSet``.
  package subscript(first: Int, second: Int) -> Double { values[first * count + second] }
}
