import Glibc
import Kernels
import Testing

@testable import Text

@Suite("TF-IDF")
struct TfidfTests {
  /// Documents of up to twelve words of a small language, some of them frequent.
  private func documents(seed: UInt64, count: Int) -> [String] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      (0..<random.below(12)).map { _ in "w\(Int(60 * random.uniform() * random.uniform()))" }.joined(separator: " ")
    }
  }

  @Test("weights of three small documents are those worked out by hand")
  func workedExample() throws {
    let model = try TfidfTrainer(["Apple pie, apple!", "pie & tart", ""], TfidfOptions(maxFeatures: 10)).finish()
    #expect(model.words == ["apple", "pie", "tart"])
    let rare = log(4.0 / 2.0) + 1
    let common = log(4.0 / 3.0) + 1
    #expect(model.inverseDocumentFrequency == [rare, common, rare])
    #expect(model.vectors.offsets == [0, 2, 4, 4])
    #expect(model.vectors.columns == [0, 1, 1, 2])
    let first = (4 * rare * rare + common * common).squareRoot()
    let second = (common * common + rare * rare).squareRoot()
    let expected = [2 * rare / first, common / first, common / second, rare / second]
    for (value, worked) in zip(model.vectors.values, expected) { #expect(abs(value - worked) < 1e-15) }
  }

  @Test("the cut keeps the most frequent terms, and of equal ones the first in byte order")
  func cutAndTies() throws {
    // "zz" three times; four terms twice; "aa" once, which is first in byte order and yet the first to go.
    let documents = ["zz zz zz aa", "éé mm mm éé", "kk kk 99 99"]
    let all = ["99", "aa", "kk", "mm", "zz", "éé"]
    let dropped: [Int?: Set<String>] = [
      1: ["99", "aa", "kk", "mm", "éé"], 2: ["aa", "kk", "mm", "éé"], 4: ["aa", "éé"], 5: ["aa"], 6: [], 7: [], nil: [],
    ]
    for (limit, dropped) in dropped {
      let words = try TfidfTrainer(documents, TfidfOptions(maxFeatures: limit)).finish().words
      #expect(words == all.filter { !dropped.contains($0) })
    }
  }

  @Test("the choice among many ties is the head of the sorted ties, whatever the order of the documents")
  func cutAmongManyTies() throws {
    var random = SeededGenerator(seed: 8)
    let words = (0..<900).map { "t\($0)" }
    let sorted = words.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    for limit in [1, 2, 37, 449, 450, 899, 900] {
      let model = try TfidfTrainer(words.shuffled(using: &random), TfidfOptions(maxFeatures: limit)).finish()
      #expect(model.terms == Array(sorted.prefix(limit)))
    }
  }

  @Test("every vector has length 1 or no terms, ascending numbers, and counts only its own terms")
  func vectorsAreWellFormed() throws {
    let model = try TfidfTrainer(documents(seed: 5, count: 300), TfidfOptions(maxFeatures: 25)).finishRounded()
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
  func vectorizerAgreesWithTrainer() throws {
    let documents = documents(seed: 6, count: 200)
    let model = try TfidfTrainer(documents, TfidfOptions(maxFeatures: 30)).finishRounded()
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

  @Test("the number of threads and the size of batches change no bit", arguments: [1, 3, 2048, 5000])
  func parallelIsTheSame(batchSize: Int) throws {
    let documents = documents(seed: 7, count: 9_000)
    var options = TfidfOptions(maxFeatures: 40)
    options.ngrams = 1...2
    let plain = try TfidfTrainer(documents, options).finish()
    #expect(plain.vectors.rowCount == 9_000 && plain.terms.count == 40)
    // One document a call, on three threads, would take long: the calls are what is tested then.
    let some = batchSize < 10 ? Array(documents.prefix(500)) : documents
    let expected = batchSize < 10 ? try TfidfTrainer(some, options).finish() : plain
    for threads in [1, 3] {
      let model = try TfidfTrainer(some, options, threads: threads, batchSize: batchSize).finish()
      #expect(model.terms == expected.terms && model.vectors == expected.vectors)
      #expect(model.inverseDocumentFrequency == expected.inverseDocumentFrequency)
    }
  }

  @Test("the number at a rank is that of the sorted numbers, small and large ones")
  func numberAtRank() {
    var random = SeededGenerator(seed: 9)
    for bound in [1, 3, 100, 5_000, 10_000] {
      let numbers = (0..<300).map { _ in UInt64(1 + random.below(bound)) }
      let sorted = numbers.sorted(by: >)
      for rank in 1...300 { #expect(VocabularyCut.atRank(rank, of: numbers) == sorted[rank - 1]) }
    }
  }
}
