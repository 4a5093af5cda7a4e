import Kernels

/// What users write on their profiles by engaging: for each user the sum of score × tweet vector over the user's
/// engagements in the order of the log, divided by its L2 norm.
///
/// With a background (the mean vector of all tweets) each engagement's score also takes score × background away, and
/// terms that fall to 0 or below are left out: Rocchio's relevance feedback with the collection as what is not wanted
/// (Rocchio 1971, "Relevance feedback in information retrieval"). What is left is where the user departs from
/// everybody; without it the words that all tweets have ("the", "https") crowd out what a user cares about.
///
/// Sums are taken in Double and rounded to the vectors' type at the end: Float in a model. A user whose sum is zero, or
/// whose tweets have no text, has an empty row.
enum UserProfiles {
  /// Users a thread takes at a time.
  private static let chunkSize = 512

  /// Builds the rows [U, V]; terms ascend in a row.
  ///
  /// - Complexity: O(users + terms·chunks + entries of the engaged tweets' vectors, each row sorted).
  static func build<Weight: BinaryFloatingPoint>(
    log: EngagementLog, userCount: Int, vectors: SparseRows<Weight>, termCount: Int, background: [Double]?,
    parallel: Parallel
  ) -> SparseRows<Weight> {
    let byUser = GroupedIndices(log.users, groupCount: userCount)
    let chunks = Parallel.chunkCount(of: userCount, size: chunkSize)
    var parts = [Part<Weight>](repeating: Part(), count: chunks)
    parts.withUnsafeMutableBufferPointer { parts in
      parallel.forEachChunk(of: userCount, size: chunkSize) { chunk, users in
        var sum = TermSum(termCount: termCount, background: background)
        var part = Part<Weight>()
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

  /// The mean of all rows, [V]. - Complexity: O(entries).
  static func background(of vectors: SparseRows<Float>, termCount: Int) -> [Double] {
    var mean = [Double](repeating: 0, count: termCount)
    for entry in vectors.columns.indices { mean[Int(vectors.columns[entry])] += Double(vectors.values[entry]) }
    let rows = Double(max(1, vectors.rowCount))
    return mean.map { $0 / rows }
  }

  /// Consecutive rows: how many entries each has, and the entries.
  struct Part<Weight> {
    var counts: [Int] = []
    var terms: [UInt32] = []
    var weights: [Weight] = []
  }

  private static func joined<Weight>(_ parts: [Part<Weight>]) -> SparseRows<Weight> {
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
  private let background: [Double]?
  /// Sum of the factors added.
  private var total = 0.0

  init(termCount: Int, background: [Double]?) {
    self.background = background
    sums = [Double](repeating: 0, count: termCount)
    isTouched = [Bool](repeating: false, count: termCount)
  }

  mutating func add<Weight: BinaryFloatingPoint>(_ vectors: SparseRows<Weight>, row: Int, times factor: Double) {
    total += factor
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
  mutating func moveNormalised<Weight: BinaryFloatingPoint>(to part: inout UserProfiles.Part<Weight>) {
    touched.sort()
    if let background {
      for term in touched { sums[Int(term)] = max(0, sums[Int(term)] - total * background[Int(term)]) }
    }
    total = 0
    var squares = 0.0
    for term in touched { squares += sums[Int(term)] * sums[Int(term)] }
    let norm = squares.squareRoot()
    var count = 0
    for term in touched {
      let weight = norm > 0 ? Weight(sums[Int(term)] / norm) : 0
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
