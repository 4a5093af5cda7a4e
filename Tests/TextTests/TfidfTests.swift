import Glibc
import Kernels
import Testing

@testable import Text

@Suite("TF-IDF")
struct TfidfTests {
  private func strings(_ terms: [[UInt8]]) -> [String] {
    terms.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Documents of up to twelve words of a small language, some of them frequent.
  private func documents(seed: UInt64, count: Int) -> [String] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      (0..<random.below(12)).map { _ in "w\(Int(60 * random.uniform() * random.uniform()))" }.joined(separator: " ")
    }
  }

  @Test("weights of three small documents are those worked out by hand")
  func workedExample() {
    let trainer = TfidfTrainer(maxFeatures: 10, documents: ["Apple pie, apple!", "pie & tart", ""])
    let chosen = trainer.chooseVocabulary()
    #expect(strings(chosen.terms) == ["apple", "pie", "tart"])
    let rare = log(4.0 / 2.0) + 1
    let common = log(4.0 / 3.0) + 1
    #expect(chosen.inverseDocumentFrequency == [rare, common, rare])
    let vectors = trainer.vectors(of: chosen, as: Double.self)
    #expect(vectors.offsets == [0, 2, 4, 4])
    #expect(vectors.columns == [0, 1, 1, 2])
    let first = (4 * rare * rare + common * common).squareRoot()
    let second = (common * common + rare * rare).squareRoot()
    let expected = [2 * rare / first, common / first, common / second, rare / second]
    for (value, worked) in zip(vectors.values, expected) { #expect(abs(value - worked) < 1e-15) }
  }

  @Test("the cut keeps the most frequent terms, and of equal ones the first in byte order")
  func cutAndTies() {
    // "zz" three times; four terms twice; "aa" once, which is first in byte order and yet the first to go.
    let documents = ["zz zz zz aa", "éé mm mm éé", "kk kk 99 99"]
    func terms(_ limit: Int) -> [String] {
      strings(TfidfTrainer(maxFeatures: limit, documents: documents).finish().terms)
    }
    #expect(terms(1) == ["zz"])
    #expect(terms(2) == ["99", "zz"])
    #expect(terms(4) == ["99", "kk", "mm", "zz"])
    #expect(terms(5) == ["99", "kk", "mm", "zz", "éé"])
    #expect(terms(6) == ["99", "aa", "kk", "mm", "zz", "éé"])
    #expect(terms(7) == terms(6))
  }

  @Test("the choice among many ties is the head of the sorted ties, whatever the order of the documents")
  func cutAmongManyTies() {
    var random = SeededGenerator(seed: 8)
    let words = (0..<900).map { "t\($0)" }
    let sorted = words.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    for limit in [1, 2, 37, 449, 450, 899, 900] {
      let model = TfidfTrainer(maxFeatures: limit, documents: words.shuffled(using: &random)).finish()
      #expect(model.terms == Array(sorted.prefix(limit)))
    }
  }

  @Test("every vector has length 1 or no terms, ascending numbers, and counts only its own terms")
  func vectorsAreWellFormed() {
    let model = TfidfTrainer(maxFeatures: 25, documents: documents(seed: 5, count: 300)).finish()
    #expect(model.terms.count == 25 && model.vectors.rowCount == 300)
    for row in 0..<300 {
      let entries = model.vectors.entries(ofRow: row)
      let columns = model.vectors.columns[entries]
      let squaredLength = model.vectors.values[entries].reduce(0) { $0 + Double($1) * Double($1) }
      #expect(columns.isEmpty || abs(squaredLength - 1) < 1e-6)
      #expect(zip(columns, columns.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test("serving gives a training document the same bits as training did")
  func vectorizerAgreesWithTrainer() {
    let documents = documents(seed: 6, count: 200)
    let model = TfidfTrainer(maxFeatures: 30, documents: documents).finish()
    var vectorizer = TfidfVectorizer(
      vocabulary: model.vocabulary, inverseDocumentFrequency: model.inverseDocumentFrequency)
    for (row, document) in documents.enumerated() {
      let entries = model.vectors.entries(ofRow: row)
      Array(document.utf8).withUnsafeBytes { bytes in
        vectorizer.vectorize(bytes) { terms, weights in
          #expect(Array(terms) == Array(model.vectors.columns[entries]))
          #expect(weights.map(\.bitPattern) == model.vectors.values[entries].map(\.bitPattern))
        }
      }
    }
  }

  @Test("inverse document frequencies of 0 give weights of 0, not of nothing divided by nothing")
  func zeroFrequencies() {
    var vectorizer = TfidfVectorizer(
      vocabulary: Vocabulary(terms: [Array("ab".utf8)]), inverseDocumentFrequency: [0])
    let weights = Array("ab ab".utf8).withUnsafeBytes { vectorizer.vectorize($0) { _, weights in Array(weights) } }
    #expect(weights == [0])
  }

  @Test("no documents, and documents without terms, give an empty vocabulary")
  func emptyCollections() {
    let nothing = TfidfTrainer(maxFeatures: 5).finish()
    #expect(nothing.terms.isEmpty && nothing.vectors.rowCount == 0)
    let blank = TfidfTrainer(maxFeatures: 5, documents: ["", "a b", "!?"]).finish()
    #expect(blank.terms.isEmpty && blank.vectors.offsets == [0, 0, 0, 0])
  }
}
