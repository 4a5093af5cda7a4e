import Kernels
import ParitySupport
import Ranking
import Testing
import Text

@testable import Training

/// Similar tweets and user profiles against scikit-learn's `cosine_similarity` over its own TF-IDF vectors.
@Suite("Similarity against the reference")
struct TextParityTests {
  private struct Document: Decodable { var text: String }

  private func texts(_ pack: ParityPack) throws -> [String] {
    try pack.jsonLines("tfidf/corpus_a.jsonl", as: Document.self).map(\.text)
  }

  /// A served model in which tweet row i has text i.
  private func model(_ texts: [String]) throws -> Model {
    let world = try SmallWorld()
    try world.folder.write("user_engagements.csv", "user_id,tweet_id,engagement_score\na,100000,1\n")
    let rows = texts.enumerated().map { row, text in
      "\(100_000 + row),\"\(text.replacing("\"", with: "\"\""))\"\n"
    }
    try world.folder.write("tweets.csv", "tweet_id,text\n" + rows.joined())
    return try Model(try world.train { $0.epochs = 1 }.0)
  }

  /// Checks an answer against the reference's cosines by row: the same rows, the same values as far as Float has them,
  /// and no two rows the wrong way round unless the reference has them equal as far as Float can tell.
  private func expectOrder(_ answer: SimilarTweets.Answer, _ cosines: [UInt32: Double]) {
    #expect(Set(answer.rows) == Set(cosines.keys))
    let inOrder = answer.rows.compactMap { cosines[$0] }
    #expect(zip(answer.similarities, inOrder).allSatisfy { abs(Double($0) - $1) < 3e-7 })
    #expect(zip(inOrder, inOrder.dropFirst()).allSatisfy { $0 >= $1 - 1e-7 })
  }

  @Test("tweets similar to a text come in the order of cosine_similarity", arguments: ParityPack.having("tfidf"))
  func similarToTexts(pack: ParityPack) throws {
    let model = try model(texts(pack))
    let cosines = try queryCosines(pack)
    let scratch = RankScratch(model: model, capacity: 1, seed: 1)
    let similar = SimilarTweets(model: model)
    for (query, document) in try pack.json("tfidf/transform_a.json", as: [Document].self).enumerated() {
      let answer = Array(document.text.utf8).withUnsafeBytes {
        similar.nearest(toText: $0, limit: .max, scratch: scratch)
      }
      expectOrder(answer, cosines[query] ?? [:])
    }
  }

  /// By query, the reference's cosines with each row that has any term in common.
  private func queryCosines(_ pack: ParityPack) throws -> [Int: [UInt32: Double]] {
    var cosines: [Int: [UInt32: Double]] = [:]
    for row in try pack.rows("tfidf/cosine_queries_a.csv") {
      let (query, tweet) = (try #require(Int(row[0])), try #require(UInt32(row[1])))
      let cosine: Double = try #require(Double(row[2]))
      cosines[query, default: [:]][tweet] = cosine
    }
    return cosines
  }

  @Test("in doubles the cosines of texts are cosine_similarity's", arguments: ParityPack.having("tfidf"))
  func exactCosines(pack: ParityPack) throws {
    let model = try TfidfTrainer.fit(texts(pack))
    var vectorizer = TfidfVectorizer(
      vocabulary: model.vocabulary, inverseDocumentFrequency: model.inverseDocumentFrequency)
    let documents = try pack.json("tfidf/transform_a.json", as: [Document].self)
    var queries: (rows: [UInt32], columns: [UInt32], values: [Double]) = ([], [], [])
    for (query, document) in documents.enumerated() {
      let (terms, weights) = Array(document.text.utf8).withUnsafeBytes { vectorizer.exactVector(of: $0) }
      queries.rows += terms.map { _ in UInt32(query) }
      queries.columns += terms
      queries.values += weights
    }
    let vectors = SparseRows(
      rowCount: documents.count, rows: queries.rows, columns: queries.columns, values: queries.values)
    let expected = try queryCosines(pack)
    #expect(!expected.isEmpty && expected.keys.allSatisfy(documents.indices.contains))
    for query in documents.indices {
      let own = Cosine.sparse(
        query: query, of: vectors, to: 0..<model.vectors.rowCount, of: model.vectors, columnCount: model.terms.count)
      let wanted = expected[query] ?? [:]
      #expect(Set(own.indices.filter { own[$0] > 0 }) == Set(wanted.keys.map(Int.init)), "query \(query)")
      #expect(wanted.allSatisfy { abs(own[Int($0.key)] - $0.value) <= 1e-12 }, "query \(query)")
    }
  }

  @Test("tweets similar to an edge document come in its order too", arguments: ParityPack.having("tfidf"))
  func similarToEdgeDocuments(pack: ParityPack) throws {
    let texts = try texts(pack)
    let block = try pack.matrix("tfidf/cosine_edge_block_a.csv")
    let first = texts.count - block.count
    let similar = SimilarTweets(model: try model(texts))
    for (place, row) in block.enumerated() {
      var answer = similar.nearest(toRow: UInt32(first + place), limit: .max)
      let isEdge = answer.rows.map { Int($0) >= first }
      answer.similarities = zip(answer.similarities, isEdge).filter { $1 }.map(\.0)
      answer.rows = answer.rows.filter { Int($0) >= first }
      let others = row.indices.filter { $0 != place && row[$0] > 0 }
      expectOrder(answer, Dictionary(uniqueKeysWithValues: others.map { (UInt32(first + $0), row[$0]) }))
    }
  }

  @Test("cosines among the edge documents are the reference's", arguments: ParityPack.having("tfidf"))
  func edgeBlock(pack: ParityPack) throws {
    let model = try TfidfTrainer.fit(texts(pack))
    let block = try pack.matrix("tfidf/cosine_edge_block_a.csv")
    let edges = (model.vectors.rowCount - block.count)..<model.vectors.rowCount
    for (query, expected) in zip(edges, block) {
      let own = Cosine.sparse(
        query: query, of: model.vectors, to: edges, of: model.vectors, columnCount: model.terms.count)
      #expect(zip(own, expected).allSatisfy { abs($0 - $1) < 1e-15 })
    }
  }

  private struct Profile: Decodable {
    var liked: [UInt32]
    var weights: [Double]
    var top20: [Int]
    var scores: [Double]
    var norm: Double
  }

  @Test("profiles of the classic recipe rank tweets as weighted means do", arguments: ParityPack.having("tfidf"))
  func profiles(pack: ParityPack) throws {
    let model = try TfidfTrainer.fit(texts(pack))
    let expected = try pack.json("tfidf/profiles_a.json", as: [Profile].self)
    let log = EngagementLog(
      users: expected.enumerated().flatMap { user, profile in profile.liked.map { _ in UInt32(user) } },
      tweets: expected.flatMap(\.liked), scores: expected.flatMap(\.weights))
    let profiles = UserProfiles.build(
      log: log, userCount: expected.count, vectors: model.vectors, termCount: model.terms.count, background: nil,
      parallel: Parallel(threads: 1))
    for (user, profile) in expected.enumerated() {
      let cosines = Cosine.sparse(
        query: user, of: profiles, to: 0..<model.vectors.rowCount, of: model.vectors, columnCount: model.terms.count)
      #expect(zip(profile.top20, profile.scores).allSatisfy { abs(cosines[$0] - $1) < 1e-12 })
      #expect(zip(cosines.sorted(by: >), profile.scores).allSatisfy { abs($0 - $1) < 1e-12 })
      // The mean's length: its product with the profile, which is the mean divided by its length.
      let products = zip(profile.liked, profile.weights).reduce(0) { $0 + $1.1 * cosines[Int($1.0)] }
      #expect(abs(products / profile.weights.reduce(0, +) - profile.norm) < 1e-12)
    }
  }
}

extension TfidfTrainer {
  /// What scikit-learn learns with its defaults.
  fileprivate static func fit(_ texts: [String]) throws -> TfidfModel<Double> {
    var trainer = try TfidfTrainer(options: TfidfOptions())
    let bytes = texts.map { Array($0.utf8) }
    trainer.add(count: bytes.count) { document, body in bytes[document].withUnsafeBytes { body($0) } }
    return try trainer.finish()
  }
}
