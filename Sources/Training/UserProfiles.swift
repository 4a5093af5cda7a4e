import Kernels

/// What users write on their profiles by engaging: for each user the sum of score × tweet vector over the user's
/// engagements in the order of the log, divided by its L2 norm.
///
/// Sums are taken in Double. A user whose sum is zero, or whose tweets have no text, has an empty row.
enum UserProfiles {
  /// Users a thread takes at a time.
  private static let chunkSize = 512

  /// Builds the rows [U, V]; terms ascend in a row.
  ///
  /// - Complexity: O(users + terms·chunks + entries of the engaged tweets' vectors, each row sorted).
  static func build(
    log: EngagementLog, userCount: Int, vectors: SparseRows<Float>, termCount: Int, parallel: Parallel
  ) -> SparseRows<Float> {
    let byUser = GroupedIndices(log.users, groupCount: userCount)
    let chunks = Parallel.chunkCount(of: userCount, size: chunkSize)
    var parts = [Part](repeating: Part(), count: chunks)
    parts.withUnsafeMutableBufferPointer { parts in
      parallel.forEachChunk(of: userCount, size: chunkSize) { chunk, users in
        var sum = TermSum(termCount: termCount)
        var part = Part()
        for user in users {
          for index in byUser[user] {
            let tweet = Int(log.tweets[Int(index)])
            sum.add(vectors, row: tweet, times: log.scores[Int(index)])
          }
          sum.moveNormalised(to: &part)
        }
        parts[chunk] = part
      }
    }
    return joined(parts)
  }

  /// Consecutive rows: how many entries each has, and the entries.
  struct Part {
    var counts: [Int] = []
    var terms: [UInt32] = []
    var weights: [Float] = []
  }

  private static func joined(_ parts: [Part]) -> SparseRows<Float> {
    var offsets: [UInt64] = [0]
    var end = 0
    for count in parts.lazy.flatMap(\.counts) {
      end += count
      offsets.append(UInt64(end))
    }
    return SparseRows(offsets: offsets, columns: parts.flatMap(\.terms), values: parts.flatMap(\.weights))
  }
}

/// A dense sum of sparse rows that remembers which terms it touched.
private struct TermSum {
  private var sums: [Double]
  private var isTouched: [Bool]
  private var touched: [UInt32] = []

  init(termCount: Int) {
    sums = [Double](repeating: 0, count: termCount)
    isTouched = [Bool](repeating: false, count: termCount)
  }

  mutating func add(_ vectors: SparseRows<Float>, row: Int, times factor: Double) {
    for entry in vectors.entries(ofRow: row) {
      let term = vectors.columns[entry]
      if !isTouched[Int(term)] {
        isTouched[Int(term)] = true
        touched.append(term)
      }
      sums[Int(term)] += factor * Double(vectors.values[entry])
    }
  }

  /// Appends the sum as one row of length 1 (or empty) and begins anew.
  mutating func moveNormalised(to part: inout UserProfiles.Part) {
    touched.sort()
    var squares = 0.0
    for term in touched { squares += sums[Int(term)] * sums[Int(term)] }
    let norm = squares.squareRoot()
    var count = 0
    for term in touched {
      let weight = norm > 0 ? Float(sums[Int(term)] / norm) : 0
      if weight != 0 {
        part.terms.append(term)
        part.weights.append(weight)
        count += 1
      }
      sums[Int(term)] = 0
      isTouched[Int(term)] = false
    }
    part.counts.append(count)
    touched.removeAll(keepingCapacity: true)
  }
}
