import Artifact
import Ranking
import Testing

private typealias Name = ModelSchema.Tensor

/// Compares a model trained on the logs in `classic/` with what the Python stack makes of them. What a model stores as
/// 32-bit floats must agree to their rounding, the rest far closer.
package struct ClassicComparison {
  private let expected: ClassicExpectation
  private let model: TensorSet
  private let users: [UInt64]
  private let tweets: [UInt64]
  private let terms: [String]

  package init(_ model: TensorSet, with expected: ClassicExpectation) throws {
    (self.model, self.expected) = (model, expected)
    users = Array(try model.column(Name.userID, of: UInt64.self, shape: [nil]))
    tweets = Array(try model.column(Name.tweetID, of: UInt64.self, shape: [nil]))
    let count = try model.column(Name.inverseDocumentFrequency, of: Double.self, shape: [nil]).count
    let strings = try model.strings(Name.term, count: count)
    terms = (0..<count).map { strings.string($0) }
  }

  /// The users and tweets are those of all files, by id.
  package func expectEntities() {
    #expect(users == expected.user_ranks.keys.map(EntityID.of).sorted())
    #expect(tweets == expected.tweet_ranks.keys.map(EntityID.of).sorted())
  }

  /// Mean exact, biases and factors `surprise.SVD`'s after rounding; zeros for those without engagements.
  package func expectFactors() throws {
    #expect(try model.column(Name.mean, of: Double.self, shape: [1])[0] == expected.mean)
    for (side, ids, biasName, factorName) in [
      (expected.user_factors, users, Name.userBias, Name.userFactors),
      (expected.tweet_factors, tweets, Name.tweetBias, Name.tweetFactors),
    ] {
      let bias = try model.column(biasName, of: Float.self, shape: [ids.count])
      let factors = try model.column(factorName, of: Float.self, shape: [ids.count, expected.factors])
      for (key, numbers) in side {
        let row = try row(key, in: ids)
        let own = [bias[row]] + factors[row * expected.factors..<(row + 1) * expected.factors]
        #expect(own == numbers.map { Float($0) }, "\(key)")
      }
      let known = Set(try side.keys.map { try row($0, in: ids) })
      #expect(known.count < ids.count, "everybody has factors")
      for row in ids.indices where !known.contains(row) {
        #expect(bias[row] == 0 && factors[row * expected.factors..<(row + 1) * expected.factors].allSatisfy { $0 == 0 })
      }
    }
  }

  /// Terms exact, inverse document frequencies to 1e-12, vectors to 1e-7, profiles to 3e-7; empty rows for the others.
  package func expectText() throws {
    #expect(terms == expected.terms.keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    let idf = try model.column(Name.inverseDocumentFrequency, of: Double.self, shape: [terms.count])
    for (term, value) in zip(terms, idf) { #expect(abs(value - (expected.terms[term] ?? 0)) < 1e-12, "\(term)") }
    let vectors = try model.sparseRows(Name.tweetVector, rows: tweets.count, columns: terms.count)
    try expectRows(expected.vectors, tweets, vectors, columns: terms, within: 1e-7)
    // Sums of rounded vectors.
    let profiles = try model.sparseRows(Name.userProfile, rows: users.count, columns: terms.count)
    try expectRows(expected.profiles, users, profiles, columns: terms, within: 3e-7)
  }

  /// The same neighbours as `KNNBasic`'s highest similarities, which agree to 1e-7.
  package func expectNeighbours() throws {
    for (side, ids, name) in [("users", users, Name.userNeighbours), ("tweets", tweets, Name.tweetNeighbours)] {
      let lists = try model.sparseRows(name, rows: ids.count, columns: ids.count)
      let rows = try #require(expected.similarities[side])
      let keys = Dictionary(uniqueKeysWithValues: rows.keys.map { (EntityID.of($0), $0) })
      try expectRows(rows, ids, lists, columns: ids.map { keys[$0] ?? "" }, within: 1e-7)
    }
  }

  /// Both PageRanks to an L1 distance of 1e-10, popularity to 1e-12.
  package func expectRanks() throws {
    for (ranks, ids, name) in [
      (expected.tweet_ranks, tweets, Name.tweetPageRank), (expected.user_ranks, users, Name.userPageRank),
    ] {
      let own = try model.column(name, of: Double.self, shape: [ids.count])
      var distance = 0.0
      for (key, rank) in ranks { distance += abs(own[try row(key, in: ids)] - rank) }
      #expect(distance <= 1e-10, "\(name)")
    }
    let popularity = try model.column(Name.tweetPopularity, of: Double.self, shape: [tweets.count])
    let sums = Dictionary(uniqueKeysWithValues: expected.popularity.map { (EntityID.of($0), $1) })
    for (id, own) in zip(tweets, popularity) { #expect(abs(own - (sums[id] ?? 0)) < 1e-12, "\(id)") }
  }

  private func row(_ key: String, in ids: [UInt64]) throws -> Int {
    try #require(ids.firstIndex(of: EntityID.of(key)), "no row for \(key)")
  }

  /// Compares sparse rows with numbers by the names of their columns; rows that nothing is said of must be empty.
  private func expectRows(
    _ rows: [String: [String: Double]], _ ids: [UInt64], _ table: SparseColumn, columns: [String],
    within tolerance: Double, location: SourceLocation = #_sourceLocation
  ) throws {
    var total = 0
    for (key, numbers) in rows {
      let entries = table.entries(ofRow: try row(key, in: ids))
      #expect(entries.count == numbers.count, "\(key)", sourceLocation: location)
      total += entries.count
      for entry in entries {
        let column = columns[Int(table.terms[entry])]
        let number = try #require(numbers[column], "\(key) has no \(column)", sourceLocation: location)
        #expect(abs(Double(table.weights[entry]) - number) <= tolerance, "\(key), \(column)", sourceLocation: location)
      }
    }
    #expect(total > 0 && table.terms.count == total, "rows beyond those expected", sourceLocation: location)
  }
}
