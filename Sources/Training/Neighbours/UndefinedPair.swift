/// A pair whose measure divides by zero.
struct UndefinedPair: Sendable {
  let first: Int
  let second: Int
  /// Which of the two has ratings that say nothing.
  let culprit: Int
  let common: Int

  /// From the pair's sums, laid out as `PairSums.Kind.products`: the side whose squares are smaller is to blame.
  init(first: Int, second: Int, sums: UnsafePointer<Double>) {
    self.first = first
    self.second = second
    culprit = sums[2] <= sums[3] ? first : second
    common = Int(sums[0])
  }

  /// The error, with rows for numbers.
  func error(_ ratings: RatingSet, _ options: SimilarityOptions) -> NeighbourError {
    let rows = ratings.rows(of: options.side)
    return .undefinedSimilarity(
      measure: options.measure, side: options.side, pair: .init(first: rows[first], second: rows[second]),
      row: rows[culprit], common: common)
  }
}
