import Testing

@testable import Text

/// What scikit-learn refuses is refused, and what it takes is taken.
@Suite("TF-IDF of bad input")
struct TfidfFaultTests {
  private func fault(_ documents: [String], _ change: (inout TfidfOptions) -> Void = { _ in }) -> TfidfError? {
    var options = TfidfOptions()
    change(&options)
    do throws(TfidfError) {
      _ = try TfidfTrainer(documents, options).finish()
      return nil
    } catch { return error }
  }

  @Test(
    "documents without a term: none, empty ones, single letters, signs",
    arguments: [[], [""], ["", " ", ""], ["a b c", "!?", "\u{301}\u{301}"]])
  func noTerms(documents: [String]) {
    #expect(fault(documents) == .noTerms(documents: documents.count))
    #expect(TfidfModel<Float>.empty(documents: documents.count).vectors.rowCount == documents.count)
  }

  @Test("documents of stop words alone, and of fewer tokens than an n-gram has")
  func nothingButStopWords() {
    #expect(fault(["the and of", "The WITH"]) { $0.stopWords = .english } == .noTerms(documents: 2))
    #expect(fault(["le la", "les"]) { $0.stopWords = .words(["le", "la", "les"]) } == .noTerms(documents: 2))
    #expect(fault(["one two", "three"]) { $0.ngrams = 3...3 } == .noTerms(documents: 2))
  }

  @Test("bounds on document frequency that cross, also by a fraction of few documents")
  func crossedBounds() {
    let crossed = fault(["aa bb", "bb cc"]) { options in
      options.minDocumentFrequency = .count(2)
      options.maxDocumentFrequency = .count(1)
    }
    #expect(crossed == .crossedBounds(atLeast: .count(2), atMost: .count(1), documents: 2))
    let single = fault(["aa bb"]) { $0.minDocumentFrequency = .count(2) }
    #expect(single == .crossedBounds(atLeast: .count(2), atMost: .fraction(1), documents: 1))
    let part = fault(["aa bb", "bb cc"]) { $0.maxDocumentFrequency = .fraction(0.4) }
    #expect(part == .crossedBounds(atLeast: .count(1), atMost: .fraction(0.4), documents: 2))
    // No term comes before bounds that cross, as in scikit-learn.
    #expect(fault([""]) { $0.minDocumentFrequency = .count(2) } == .noTerms(documents: 1))
  }

  @Test("bounds that leave no term")
  func nothingLeft() throws {
    let error = try #require(fault(["aa bb", "bb aa", "cc", "dd"]) { $0.minDocumentFrequency = .count(3) })
    #expect(error == .nothingLeft(terms: 4, atLeast: .count(3), atMost: .fraction(1), documents: 4))
    #expect("\(error)" == "none of 4 terms has a document frequency from 3 to 1.0 among 4 documents")
  }

  @Test("options out of range, by name and value")
  func badOptions() {
    func name(_ change: (inout TfidfOptions) -> Void) -> String? {
      guard case .badOption(let name, let value, _) = fault(["aa bb"], change) else { return nil }
      return "\(name) \(value)"
    }
    #expect(name { $0.maxFeatures = 0 } == "maxFeatures 0")
    #expect(name { $0.minDocumentFrequency = .count(0) } == "minDocumentFrequency 0")
    #expect(name { $0.minDocumentFrequency = .fraction(-0.1) } == "minDocumentFrequency -0.1")
    #expect(name { $0.maxDocumentFrequency = .fraction(1.5) } == "maxDocumentFrequency 1.5")
    #expect(name { $0.maxDocumentFrequency = .fraction(.nan) } == "maxDocumentFrequency nan")
    #expect(name { $0.ngrams = 0...1 } == "ngrams 0-1")
    #expect(name { $0.ngrams = 1...9 } == "ngrams 1-9")
    #expect(name { $0.stopWords = .words(.init(repeating: "x", count: 10_001)) } == "stopWords 10001 words")
    #expect(name { $0.maxFeatures = 1 } == nil)
  }

  @Test("one document gives weights of its own, with and without smoothing")
  func oneDocument() throws {
    for isSmooth in [true, false] {
      var options = TfidfOptions()
      options.isSmooth = isSmooth
      let model = try TfidfTrainer(["swift swift bird"], options).finish()
      #expect(model.inverseDocumentFrequency == [1, 1])
      #expect(model.weights(ofDocument: 0) == ["bird": 1 / 5.0.squareRoot(), "swift": 2 / 5.0.squareRoot()])
    }
  }
}
