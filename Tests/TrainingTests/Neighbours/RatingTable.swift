import Foundation
import Kernels
import ParitySupport
import Testing

@testable import Training

/// Ratings with the keys that a pack gives users and items.
struct RatingTable {
  let ratings: RatingSet
  let users: [String: UInt32]
  let items: [String: UInt32]

  init(_ pack: ParityPack, _ path: String) throws {
    var users: [String: UInt32] = [:]
    var items: [String: UInt32] = [:]
    var columns: (users: [UInt32], items: [UInt32], scores: [Double]) = ([], [], [])
    for row in try pack.rows(path) {
      columns.users.append(Self.row(of: row[0], in: &users))
      columns.items.append(Self.row(of: row[1], in: &items))
      columns.scores.append(try #require(Double(row[2])))
    }
    ratings = try RatingSet(users: columns.users, items: columns.items, scores: columns.scores)
    (self.users, self.items) = (users, items)
  }

  private static func row(of key: String, in rows: inout [String: UInt32]) -> UInt32 {
    // Rows need not be dense, nor in any order.
    let row = rows[key] ?? UInt32(1000 - 7 * rows.count)
    rows[key] = row
    return row
  }

  func user(_ key: String) -> Int? { users[key].flatMap { ratings.user(row: $0) } }
  func item(_ key: String) -> Int? { items[key].flatMap { ratings.item(row: $0) } }

  /// Seeded ratings of `users` for `items`, `count` draws with repetition, some users constant.
  static func random(seed: UInt64, users: Int, items: Int, count: Int, scores: [Double]) throws -> RatingSet {
    var generator = SeededGenerator(seed: seed)
    var columns: (users: [UInt32], items: [UInt32], scores: [Double]) = ([], [], [])
    for _ in 0..<count {
      let user = min(generator.below(users), generator.below(users))
      columns.users.append(UInt32(user))
      columns.items.append(UInt32(min(generator.below(items), generator.below(items))))
      columns.scores.append(user % 7 == 3 ? scores[0] : scores[generator.below(scores.count)])
    }
    return try RatingSet(users: columns.users, items: columns.items, scores: columns.scores)
  }
}
