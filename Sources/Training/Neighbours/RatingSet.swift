import Kernels

/// Ratings as Surprise's `Trainset` holds them: users and items numbered in the order of their first rating, each
/// user's and each item's ratings in the order given. Numbers, sums and ties of everything built on it follow from
/// that.
package struct RatingSet: Sendable {
  /// Each user's ratings of items.
  package let byUser: RatingLists
  /// Each item's ratings by users.
  package let byItem: RatingLists
  /// Per user number, the row that the ratings came with.
  package let userRows: [UInt32]
  /// Per item number, the row that the ratings came with.
  package let itemRows: [UInt32]
  /// Mean rating, added in numpy's order over the users' ratings.
  package let mean: Double
  private let userNumbers: [UInt32: UInt32]
  private let itemNumbers: [UInt32: UInt32]

  /// Ratings from columns of equal length; rows may be any numbers, pairs may repeat.
  /// - Throws: ``NeighbourError`` where there are none, the columns differ in length, or a score is not finite.
  /// - Complexity: O(ratings) time and space.
  package init(users: [UInt32], items: [UInt32], scores: [Double]) throws(NeighbourError) {
    guard users.count == scores.count, items.count == scores.count else {
      throw .unequalColumns(users: users.count, items: items.count, scores: scores.count)
    }
    guard !scores.isEmpty else { throw .noRatings }
    if let index = scores.firstIndex(where: { !$0.isFinite }) {
      throw .badScore(index: index, user: users[index], item: items[index], score: scores[index])
    }
    let user = Self.numbered(users)
    let item = Self.numbered(items)
    byUser = RatingLists(
      owners: user.numbers, others: item.numbers, scores: scores, ownerCount: user.rows.count)
    byItem = RatingLists(
      owners: item.numbers, others: user.numbers, scores: scores, ownerCount: item.rows.count)
    (userRows, userNumbers) = (user.rows, user.byRow)
    (itemRows, itemNumbers) = (item.rows, item.byRow)
    mean = byUser.scores.withUnsafeBufferPointer(NumPySum.mean)
  }

  /// Users with ratings.
  package var userCount: Int { userRows.count }
  /// Items with ratings.
  package var itemCount: Int { itemRows.count }
  /// Ratings.
  package var count: Int { byUser.scores.count }

  /// The number of the user with this row, nil where it has no rating.
  package func user(row: UInt32) -> Int? { userNumbers[row].map(Int.init) }
  /// The number of the item with this row, nil where it has no rating.
  package func item(row: UInt32) -> Int? { itemNumbers[row].map(Int.init) }

  /// Ratings by those of `side`.
  package func lists(of side: RatingSide) -> RatingLists { side == .users ? byUser : byItem }
  /// Ratings by what those of `side` are compared by.
  package func lists(opposite side: RatingSide) -> RatingLists { side == .users ? byItem : byUser }
  /// Rows of those of `side`.
  package func rows(of side: RatingSide) -> [UInt32] { side == .users ? userRows : itemRows }

  private static func numbered(_ rows: [UInt32]) -> (numbers: [UInt32], rows: [UInt32], byRow: [UInt32: UInt32]) {
    var byRow: [UInt32: UInt32] = [:]
    var found: [UInt32] = []
    var numbers = [UInt32](repeating: 0, count: rows.count)
    for (index, row) in rows.enumerated() {
      if let number = byRow[row] {
        numbers[index] = number
        continue
      }
      let number = UInt32(truncatingIfNeeded: found.count)
      byRow[row] = number
      found.append(row)
      numbers[index] = number
    }
    return (numbers, found, byRow)
  }
}
