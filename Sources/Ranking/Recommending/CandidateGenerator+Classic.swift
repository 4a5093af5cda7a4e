import Artifact
import Kernels

/// Sources of models of the classic recipe.
extension CandidateGenerator {
  /// The latest engagements of the user that are looked at.
  private static let engagedRead = 64
  /// Nearest users looked at, and tweets of each; nearest tweets of each tweet engaged with.
  private static let nearestUsers = 32
  private static let ratedRead = 16
  private static let nearestTweets = 16
  /// The newest tweets of one author.
  private static let authorDepth = 8

  /// The tweets of the pool with the largest product of factors and bias. O(pool · factors).
  func takeByFactors(_ user: UInt32, _ limit: Int) {
    let width = model.users.factorCount
    guard limit > 0, width > 0, let table = model.tweets.factors.baseAddress,
      let users = model.users.factors.baseAddress
    else { return }
    let own = users + Int(user) * width
    // A user without engagements has a row of zeros: the products would choose by bias alone, as popularity does.
    guard (0..<width).contains(where: { own[$0] != 0 }) else { return }
    var scores = [Float](repeating: 0, count: index.pool.count)
    index.pool.withUnsafeBufferPointer { rows in
      scores.withUnsafeMutableBufferPointer { scores in
        guard let scores = scores.baseAddress else { return }
        Gather.dots(table: table, width: width, rows: rows, vector: own, into: scores)
        for place in rows.indices { scores[place] += model.tweets.numbers[Int(rows[place])].bias }
      }
    }
    let best = Array(best: min(index.pool.count, 2 * limit), of: index.pool, by: scores, ids: model.tweets.ids)
    found.take(best, limit: limit)
  }

  /// What the users nearest to this one rated, and the tweets nearest to those this one engaged with.
  func takeFromNeighbours(_ user: UInt32, _ limit: Int) {
    guard let tables = model.neighbours else { return }
    func nearest(_ table: SparseColumn, _ row: UInt32, _ limit: Int, _ ids: UnsafeBufferPointer<UInt64>) -> [UInt32] {
      let entries = table.entries(ofRow: Int(row))
      return Array(best: limit, of: Array(table.terms[entries]), by: Array(table.weights[entries]), ids: ids)
    }
    let users = nearest(tables.users, user, Self.nearestUsers, model.users.ids)
    let rated = users.map { nearest(tables.ratings, $0, Self.ratedRead, model.tweets.ids) }
    found.take(inTurns: rated, deep: Self.ratedRead, limit: limit / 2)
    let like = latestEngaged(by: user).map { nearest(tables.tweets, $0, Self.nearestTweets, model.tweets.ids) }
    found.take(inTurns: like, deep: Self.nearestTweets, limit: limit - limit / 2)
  }

  /// The newest tweets of the authors that the user engaged with last.
  func takeFromAuthorsEngaged(_ user: UInt32, _ limit: Int) {
    var authors: [UInt32] = []
    for row in latestEngaged(by: user) {
      let author = model.tweets.authors[Int(row)]
      if author != ModelSchema.noRow, !authors.contains(author) { authors.append(author) }
    }
    found.take(inTurns: authors.map(index.tweets), deep: Self.authorDepth, limit: limit)
  }

  /// The latest first.
  private func latestEngaged(by user: UInt32) -> [UInt32] {
    model.withEngaged(by: user) { Array($0.suffix(Self.engagedRead).reversed()) }
  }
}
