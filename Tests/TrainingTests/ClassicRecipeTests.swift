import Artifact
import Foundation
import Kernels
import ParitySupport
import Ranking
import Testing

@testable import Training

private typealias Name = ModelSchema.Tensor

/// The whole classic recipe, from CSV files to tensors, against what pandas, scikit-learn, Surprise and networkx make of
/// the same files. What a model stores as 32-bit floats agrees to their rounding, the rest far closer.
@Suite("The classic recipe against the Python stack", .enabled(if: ParityPack.fixtures.has("classic/expected.json")))
struct ClassicRecipeTests {
  /// expected.json, everything by key.
  private struct Expected: Decodable {
    var seed: UInt64
    var factors: Int
    var epochs: Int
    var mean: Double
    /// Bias, then factors.
    var user_factors: [String: [Double]]
    var tweet_factors: [String: [Double]]
    var similarities: [String: [String: [String: Double]]]
    /// Inverse document frequencies.
    var terms: [String: Double]
    var vectors: [String: [String: Double]]
    var profiles: [String: [String: Double]]
    var popularity: [String: Double]
    var tweet_ranks: [String: Double]
    var user_ranks: [String: Double]
  }

  private let expected: Expected
  private let model: TensorSet
  private let users: [UInt64]
  private let tweets: [UInt64]
  private let terms: [String]

  init() throws {
    expected = try ParityPack.fixtures.json("classic/expected.json", as: Expected.self)
    var options = TrainingOptions(
      dataFolder: ParityPack.fixtures.folder.appendingPathComponent("classic").path, threads: 2, recipe: .classic)
    (options.seed, options.factors, options.epochs) = (expected.seed, expected.factors, expected.epochs)
    options.neighbours = 1000
    (model, _) = try Trainer.train(options, progress: SilentProgress())
    users = Array(try model.column(Name.userID, of: UInt64.self, shape: [nil]))
    tweets = Array(try model.column(Name.tweetID, of: UInt64.self, shape: [nil]))
    let count = try model.column(Name.inverseDocumentFrequency, of: Double.self, shape: [nil]).count
    let strings = try model.strings(Name.term, count: count)
    terms = (0..<count).map { strings.string($0) }
  }

  private func row(_ key: String, in ids: [UInt64]) throws -> Int {
    try #require(ids.firstIndex(of: EntityID.of(key)), "no row for \(key)")
  }

  @Test("the users and tweets are those of all files, by id")
  func entities() throws {
    #expect(users == expected.user_ranks.keys.map(EntityID.of).sorted())
    #expect(tweets == expected.tweet_ranks.keys.map(EntityID.of).sorted())
  }

  @Test("biases and factors are surprise.SVD's, rounded")
  func factors() throws {
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
      for row in ids.indices where !known.contains(row) {
        #expect(bias[row] == 0 && factors[row * expected.factors..<(row + 1) * expected.factors].allSatisfy { $0 == 0 })
      }
    }
  }

  @Test("terms, inverse document frequencies, vectors and profiles are TfidfVectorizer's and their weighted means")
  func text() throws {
    #expect(terms == expected.terms.keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    let idf = try model.column(Name.inverseDocumentFrequency, of: Double.self, shape: [terms.count])
    for (term, value) in zip(terms, idf) { #expect(abs(value - (expected.terms[term] ?? 0)) < 1e-12, "\(term)") }
    let vectors = try model.sparseRows(Name.tweetVector, rows: tweets.count, columns: terms.count)
    for (key, vector) in expected.vectors { try expectRow(key, vector, tweets, vectors, columns: terms, within: 1e-7) }
    let profiles = try model.sparseRows(Name.userProfile, rows: users.count, columns: terms.count)
    // Sums of rounded vectors.
    for (key, profile) in expected.profiles {
      try expectRow(key, profile, users, profiles, columns: terms, within: 3e-7)
    }
  }

  @Test("neighbours are KNNBasic's cosines, rounded")
  func neighbours() throws {
    for (side, ids, name) in [("users", users, Name.userNeighbours), ("tweets", tweets, Name.tweetNeighbours)] {
      let lists = try model.sparseRows(name, rows: ids.count, columns: ids.count)
      let rows = try #require(expected.similarities[side])
      let keys = Dictionary(uniqueKeysWithValues: rows.keys.map { (EntityID.of($0), $0) })
      let columns = ids.map { keys[$0] ?? "" }
      for (key, row) in rows { try expectRow(key, row, ids, lists, columns: columns, within: 1e-7) }
    }
  }

  @Test("PageRank of tweets and users is networkx's fixed point, popularity pandas' sum")
  func ranks() throws {
    for (ranks, ids, name) in [
      (expected.tweet_ranks, tweets, Name.tweetPageRank), (expected.user_ranks, users, Name.userPageRank),
    ] {
      let own = try model.column(name, of: Double.self, shape: [ids.count])
      var distance = 0.0
      for (key, rank) in ranks { distance += abs(own[try row(key, in: ids)] - rank) }
      #expect(distance < 1e-10, "\(name)")
    }
    let popularity = try model.column(Name.tweetPopularity, of: Double.self, shape: [tweets.count])
    for (key, sum) in expected.popularity { #expect(abs(popularity[try row(key, in: tweets)] - sum) < 1e-12) }
  }

  /// Compares a sparse row with numbers by the names of its columns.
  private func expectRow(
    _ key: String, _ numbers: [String: Double], _ ids: [UInt64], _ table: SparseColumn, columns: [String],
    within tolerance: Double, location: SourceLocation = #_sourceLocation
  ) throws {
    let entries = table.entries(ofRow: try row(key, in: ids))
    #expect(entries.count == numbers.count, "\(key)", sourceLocation: location)
    for entry in entries {
      let column = columns[Int(table.terms[entry])]
      let number = try #require(numbers[column], "\(key) has no \(column)", sourceLocation: location)
      #expect(abs(Double(table.weights[entry]) - number) <= tolerance, "\(key), \(column)", sourceLocation: location)
    }
  }
}
