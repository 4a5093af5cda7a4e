/// Why no similarity, baseline or neighbour can be computed. Rows are those that the ratings came with.
package enum NeighbourError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Nothing was rated, so there is no mean rating.
  case noRatings
  /// The columns of the ratings differ in length.
  case unequalColumns(users: Int, items: Int, scores: Int)
  /// A rating that is infinite or not a number.
  case badScore(index: Int, user: UInt32, item: UInt32, score: Double)
  /// An option outside its range.
  case badOption(name: String, value: String, reason: String)
  /// More users or items than a full matrix may have.
  case tooManyRows(side: RatingSide, count: Int, limit: Int)
  /// The measure divides by zero for this pair, where Surprise raises `ZeroDivisionError`; `row` is the one of the two
  /// whose `common` ratings say nothing.
  case undefinedSimilarity(measure: Similarity, side: RatingSide, pair: Pair, row: UInt32, common: Int)

  /// Rows of two users or two items.
  package struct Pair: Equatable, Sendable {
    /// The one seen first in the ratings.
    package var first: UInt32
    /// The other.
    package var second: UInt32
  }

  /// One sentence with the offending value.
  package var description: String {
    switch self {
    case .noRatings: "there are no ratings"
    case .unequalColumns(let users, let items, let scores):
      "\(users) users, \(items) items and \(scores) scores are not the columns of one table"
    case .badScore(let index, let user, let item, let score):
      "rating \(index), of item \(item) by user \(user), is \(score), expected a finite number"
    case .badOption(let name, let value, let reason): "option \(name) = \(value): \(reason)"
    case .tooManyRows(let side, let count, let limit):
      "\(count) \(side.rawValue) are too many for a full matrix, which holds \(limit)"
    case .undefinedSimilarity(let measure, let side, let pair, let row, let common):
      "\(measure.rawValue) of \(side.rawValue) \(pair.first) and \(pair.second) divides by zero: the \(common) ratings of \(row) "
        + "that both have in common are all \(measure == .cosine ? "0" : "at their baselines") (or too small to square)"
    }
  }
}
