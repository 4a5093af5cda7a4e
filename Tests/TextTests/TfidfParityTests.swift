import Foundation
import ParitySupport
import Testing

@testable import Text

/// Agreement with scikit-learn's own outputs, on its numbers to 1e-12.
@Suite("TF-IDF against the reference")
struct TfidfParityTests {
  private struct Document: Decodable { var text: String }

  private func texts(_ pack: ParityPack, _ corpus: String) throws -> [String] {
    try pack.jsonLines("tfidf/corpus_\(corpus).jsonl", as: Document.self).map(\.text)
  }

  private func isClose(_ own: Double, _ reference: Double) -> Bool { abs(own - reference) < 1e-12 }

  private func expectVocabulary(_ model: TfidfModel<Double>, _ pack: ParityPack, _ variant: String) throws {
    let lines = try pack.lines("tfidf/vocab_\(variant).csv")
    let rows = lines.dropFirst()
    #expect(model.terms == rows.map { ParityPack.bytes(hex: $0[1]) }, "\(variant)")
    func column(_ name: String) throws -> [Double]? {
      guard let place = lines[0].firstIndex(of: name) else { return nil }
      return try rows.map { try #require(Double($0[place])) }
    }
    let idf = try #require(try column("idf"))
    #expect(zip(model.inverseDocumentFrequency, idf).allSatisfy(isClose), "\(variant)")
    if let df = try column("df") { #expect(model.frequencies.map { Double($0.documents) } == df, "\(variant)") }
    if let tf = try column("tf_total") { #expect(model.frequencies.map { Double($0.occurrences) } == tf, "\(variant)") }
  }

  /// Compares entries given row by row with a `matrix_*.csv`.
  private func expectMatrix(
    _ entries: [(row: Int, term: UInt32, weight: Double)], _ pack: ParityPack, _ variant: String
  ) throws {
    let matrix = try pack.rows("tfidf/matrix_\(variant).csv")
    #expect(entries.count == matrix.count, "\(variant)")
    for (own, reference) in zip(entries, matrix) {
      let value = try #require(Double(reference[2]))
      let isSame = "\(own.row)" == reference[0] && "\(own.term)" == reference[1] && isClose(own.weight, value)
      if !isSame { Issue.record("\(variant), entry \(reference): \(own)") }
    }
  }

  private func entries(_ model: TfidfModel<Double>) -> [(row: Int, term: UInt32, weight: Double)] {
    (0..<model.vectors.rowCount).flatMap { row in
      model.vectors.entries(ofRow: row).map { (row, model.vectors.columns[$0], model.vectors.values[$0]) }
    }
  }

  @Test("every variant of the parameters has the reference's terms and weights", arguments: ParityPack.having("tfidf"))
  func variants(pack: ParityPack) throws {
    let variants = try ReferenceParameters.variants(in: pack)
    #expect(Set(variants.map(\.key)) == ReferenceParameters.names(in: pack))
    for (name, parameters) in variants where name.hasPrefix("a") {
      let model = try TfidfTrainer(texts(pack, "a"), parameters.options()).finish()
      try expectVocabulary(model, pack, name)
      if pack.has("tfidf/matrix_\(name).csv") { try expectMatrix(entries(model), pack, name) }
    }
  }

  @Test("every variant read back from its line in a model file is applied alike", arguments: ParityPack.having("tfidf"))
  func variantsApplied(pack: ParityPack) throws {
    let texts = try texts(pack, "a")
    for (name, parameters) in try ReferenceParameters.variants(in: pack) where name.hasPrefix("a") {
      let model = try TfidfTrainer(texts, parameters.options()).finish()
      var vectorizer = TfidfVectorizer(
        vocabulary: model.vocabulary, inverseDocumentFrequency: model.inverseDocumentFrequency,
        options: try TfidfOptions(description: "\(parameters.options())"))
      for (row, text) in texts.enumerated() {
        let (terms, weights) = Array(text.utf8).withUnsafeBytes { vectorizer.exactVector(of: $0) }
        let own = model.vectors.entries(ofRow: row)
        #expect(terms == Array(model.vectors.columns[own]) && weights == Array(model.vectors.values[own]), "\(name)")
      }
    }
  }

  @Test("a cut among many ties keeps the first in code point order", arguments: ParityPack.having("tfidf"))
  func cutAmongTies(pack: ParityPack) throws {
    let limit = try pack.rows("tfidf/vocab_b_det.csv").count
    let model = try TfidfTrainer(texts(pack, "b"), TfidfOptions(maxFeatures: limit)).finish()
    try expectVocabulary(model, pack, "b_det")
    try expectMatrix(entries(model), pack, "b_det")
  }

  @Test("terms that no tie decides are in the reference's own choice too", arguments: ParityPack.having("tfidf"))
  func forcedTerms(pack: ParityPack) throws {
    struct Meta: Decodable {
      struct Cut: Decodable {
        var boundary_tf: UInt64
        var n_terms_unlimited: Int
        var n_forced_above: Int
        var n_tied_at_boundary: Int
        var n_taken_from_tie: Int
      }
      var b: Cut
    }
    let cut = try pack.json("tfidf/meta.json", as: Meta.self).b
    let whole = try TfidfTrainer(texts(pack, "b")).finish()
    #expect(whole.terms.count == cut.n_terms_unlimited)
    func terms(_ isWanted: (UInt64) -> Bool) -> [[UInt8]] {
      zip(whole.terms, whole.frequencies).filter { isWanted($1.occurrences) }.map(\.0)
    }
    let tied = try pack.rows("tfidf/tie_pool_b.csv").map { ParityPack.bytes(hex: $0[0]) }
    #expect(terms { $0 == cut.boundary_tf } == tied && tied.count == cut.n_tied_at_boundary)
    let reference = Set(try pack.rows("tfidf/vocab_b.csv").map { ParityPack.bytes(hex: $0[1]) })
    let forced = terms { $0 > cut.boundary_tf }
    #expect(forced.count == cut.n_forced_above && forced.allSatisfy(reference.contains))
    #expect(reference.count == cut.n_forced_above + cut.n_taken_from_tie)
  }

  @Test("over the reference's own choice of terms weights are as there", arguments: ParityPack.having("tfidf"))
  func foreignVocabulary(pack: ParityPack) throws {
    let vocabulary = try pack.rows("tfidf/vocab_b.csv")
    let documents = try texts(pack, "b")
    let idf = try vocabulary.map { row in
      let own = TfidfWeights.inverseDocumentFrequency(
        documents: documents.count, documentFrequency: try #require(Int(row[2])), isSmooth: true)
      #expect(isClose(own, try #require(Double(row[4]))))
      return own
    }
    var vectorizer = TfidfVectorizer(
      vocabulary: Vocabulary(terms: vocabulary.map { ParityPack.bytes(hex: $0[1]) }), inverseDocumentFrequency: idf)
    let entries = documents.enumerated().flatMap { row, text in
      let (terms, weights) = Array(text.utf8).withUnsafeBytes { vectorizer.exactVector(of: $0) }
      return zip(terms, weights).map { (row: row, term: $0, weight: $1) }
    }
    try expectMatrix(entries, pack, "b")
  }

  @Test("unseen documents", arguments: ParityPack.having("tfidf"))
  func transform(pack: ParityPack) throws {
    struct Transformed: Decodable {
      var text: String
      var indices: [UInt32]
      var values: [Double]
    }
    let model = try TfidfTrainer(texts(pack, "a")).finish()
    var vectorizer = TfidfVectorizer(
      vocabulary: model.vocabulary, inverseDocumentFrequency: model.inverseDocumentFrequency)
    for expected in try pack.json("tfidf/transform_a.json", as: [Transformed].self) {
      let (terms, weights) = Array(expected.text.utf8).withUnsafeBytes { vectorizer.exactVector(of: $0) }
      #expect(terms == expected.indices)
      #expect(zip(weights, expected.values).allSatisfy(isClose))
    }
  }
}
