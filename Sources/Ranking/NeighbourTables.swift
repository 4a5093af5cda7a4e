import Artifact

/// Who is like whom and who rated what, for ``Signal/userNeighbours`` and ``Signal/itemNeighbours``. A model has all
/// three tables or none.
///
/// Letters as in ``ModelSchema``: U users, T tweets.
struct NeighbourTables: Sendable {
  /// [U, U] similarities of each user's nearest users, in (0, 1].
  let users: SparseColumn
  /// [T, T] similarities of each tweet's nearest tweets, in (0, 1].
  let tweets: SparseColumn
  /// [U, T] each user's ratings of tweets.
  let ratings: SparseColumn

  /// Reads and checks the tables; nil where the model has none.
  init?(from reader: ColumnReader, users userCount: Int, tweets tweetCount: Int) throws(ModelError) {
    typealias Name = ModelSchema.Tensor
    guard [Name.userNeighbours, Name.tweetNeighbours, Name.userRatings].contains(where: reader.hasSparseRows) else {
      return nil
    }
    users = try reader.sparseRows(Name.userNeighbours, rows: userCount, columns: userCount)
    tweets = try reader.sparseRows(Name.tweetNeighbours, rows: tweetCount, columns: tweetCount)
    ratings = try reader.sparseRows(Name.userRatings, rows: userCount, columns: tweetCount)
    for (name, table) in [(Name.userNeighbours, users), (Name.tweetNeighbours, tweets)] {
      guard let entry = table.weights.firstIndex(where: { $0 <= 0 || $0 > 1 }) else { continue }
      throw .badValue(
        tensor: "\(name).weights", row: entry, value: "\(table.weights[entry])", expected: "more than 0, at most 1")
    }
  }
}
