import Foundation
import ParitySupport
import Testing

@testable import Text

/// Agreement with scikit-learn's own outputs, on its numbers to 1e-12.
@Suite("TF-IDF against the reference", .enabled(if: ParityPack.large != nil))
struct TfidfParityTests {
  private struct Document: Decodable { var text: String }

  private func trainer(_ pack: ParityPack, corpus: String, maxFeatures: Int) throws -> TfidfTrainer {
    let documents = try pack.jsonLines("tfidf/\(corpus).jsonl", as: Document.self)
    return TfidfTrainer(maxFeatures: maxFeatures, documents: documents.map(\.text))
  }

  private func check(corpus: String, variant: String, maxFeatures: Int) throws {
    let pack = try #require(ParityPack.large)
    let trainer = try trainer(pack, corpus: corpus, maxFeatures: maxFeatures)
    let chosen = trainer.chooseVocabulary()
    let vocabulary = try pack.rows("tfidf/vocab_\(variant).csv")
    #expect(chosen.terms == vocabulary.map { ParityPack.bytes(hex: $0[1]) })
    let frequencies = try vocabulary.map { try #require(Double($0[4])) }
    #expect(zip(chosen.inverseDocumentFrequency, frequencies).allSatisfy { abs($0 - $1) < 1e-12 })

    let vectors = trainer.vectors(of: chosen, as: Double.self)
    let matrix = try pack.rows("tfidf/matrix_\(variant).csv")
    #expect(vectors.entryCount == matrix.count)
    var entry = 0
    for row in 0..<vectors.rowCount {
      for own in vectors.entries(ofRow: row) where entry < matrix.count {
        let value = try #require(Double(matrix[entry][2]))
        let isSame =
          matrix[entry][0] == "\(row)" && matrix[entry][1] == "\(vectors.columns[own])"
          && abs(vectors.values[own] - value) < 1e-12
        if !isSame { Issue.record("document \(row), entry \(matrix[entry]): \(vectors.values[own])") }
        entry += 1
      }
    }
  }

  @Test("tweets and edge documents, whole vocabulary")
  func tweets() throws {
    try check(corpus: "corpus_a", variant: "a", maxFeatures: 5_000)
  }

  @Test("prose with a cut among thousands of ties")
  func proseWithCut() throws {
    try check(corpus: "corpus_b", variant: "b_det", maxFeatures: 5_000)
  }

  @Test("every term that no tie decides is in the reference's own choice too")
  func forcedTerms() throws {
    let pack = try #require(ParityPack.large)
    let chosen = try trainer(pack, corpus: "corpus_b", maxFeatures: 5_000).chooseVocabulary()
    let own = Set(chosen.terms)
    let forced = try pack.rows("tfidf/vocab_b.csv").filter { try #require(Int($0[3])) > 1 }
    #expect(forced.count == 3_662)
    #expect(forced.allSatisfy { own.contains(ParityPack.bytes(hex: $0[1])) })
  }

  @Test("unseen documents")
  func transform() throws {
    struct Transformed: Decodable {
      var text: String
      var indices: [UInt32]
      var values: [Double]
    }
    let pack = try #require(ParityPack.large)
    let chosen = try trainer(pack, corpus: "corpus_a", maxFeatures: 5_000).chooseVocabulary()
    var vectorizer = TfidfVectorizer(
      vocabulary: Vocabulary(terms: chosen.terms), inverseDocumentFrequency: chosen.inverseDocumentFrequency)
    for expected in try pack.json("tfidf/transform_a.json", as: [Transformed].self) {
      let (terms, weights) = Array(expected.text.utf8).withUnsafeBytes { vectorizer.exactVector(of: $0) }
      #expect(terms == expected.indices)
      #expect(zip(weights, expected.values).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }
}
