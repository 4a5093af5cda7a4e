import Artifact
import Kernels

/// The tweets of each term with their weights: the transpose of the TF-IDF vectors, built by a counting sort.
struct PostingLists: Sendable {
  /// Where the tweets of each term begin in ``rows`` and ``weights``. [termCount + 1]
  let offsets: [Int]
  /// Tweet rows, ascending within a term.
  let rows: [UInt32]
  /// Weights, parallel to `rows`.
  let weights: [Float]

  /// O(non-zeros + terms).
  init(vectors: SparseColumn, rowCount: Int, termCount: Int) {
    var ends = [Int](repeating: 0, count: termCount + 1)
    for term in vectors.terms { ends[Int(term) + 1] += 1 }
    for term in 0..<termCount { ends[term + 1] += ends[term] }
    offsets = ends
    var rows = [UInt32](repeating: 0, count: vectors.terms.count)
    var weights = [Float](repeating: 0, count: vectors.terms.count)
    for piece in LongWork.pieces(of: rowCount, rows: LongWork.listRows) {
      for row in piece {
        for k in Int(vectors.offsets[row])..<Int(vectors.offsets[row + 1]) {
          let term = Int(vectors.terms[k])
          rows[ends[term]] = UInt32(row)
          weights[ends[term]] = vectors.weights[k]
          ends[term] += 1
        }
      }
    }
    self.rows = rows
    self.weights = weights
  }
}
