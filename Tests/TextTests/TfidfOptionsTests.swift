import Kernels
import Testing

@testable import Text

@Suite("TF-IDF options")
struct TfidfOptionsTests {
  @Test("the English stop words are the list, by a digest computed from scikit-learn's")
  func englishWords() {
    // In Python: FNV-1a over " ".join(sorted(ENGLISH_STOP_WORDS)).
    var joined: [UInt8] = []
    var count = 0
    EnglishStopWordTable.forEachWord { word in
      if count > 0 { joined.append(UInt8(ascii: " ")) }
      joined.append(contentsOf: word)
      count += 1
    }
    let digest = joined.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    #expect(count == 318)
    #expect(digest == 0x4763_638C_AF11_7056)
  }

  @Test("terms are n-grams of the tokens without stop words, against a plain implementation on random texts")
  func termsAgainstPlain() {
    var random = SeededGenerator(seed: 31)
    let words = ["the", "Swift", "of", "bird", "a", "ΟΔΟΣ", "x", "wing", "don't", "を"]
    for ngrams in [1...1, 1...2, 2...2, 1...3, 3...5, 8...8] {
      for stopWords in [StopWords.none, .english, .words(["swift", "bird wing", "The"])] {
        var options = TfidfOptions()
        (options.ngrams, options.stopWords) = (ngrams, stopWords)
        var reader = TermReader(options)
        for _ in 0..<40 {
          let text = (0..<random.below(12)).map { _ in words[random.below(words.count)] }.joined(separator: " ")
          var terms: [String] = []
          Array(text.utf8).withUnsafeBytes { bytes in
            reader.forEachTerm(bytes) { terms.append(String(decoding: $0, as: UTF8.self)) }
          }
          #expect(terms == plainTerms(text, options), "\(text) \(options)")
        }
      }
    }
  }

  private func plainTerms(_ text: String, _ options: TfidfOptions) -> [String] {
    var tokenizer = Tokenizer()
    let stops: Set<String>
    switch options.stopWords {
    case .none: stops = []
    case .english: stops = ["the", "of", "a"]
    case .words(let words): stops = Set(words)
    }
    let tokens = tokenizer.terms(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
      .filter { !stops.contains($0) }
    return options.ngrams.flatMap { length in
      tokens.indices.compactMap { first in
        first + length <= tokens.count ? tokens[first..<first + length].joined(separator: " ") : nil
      }
    }
  }

  @Test("the line of the defaults and of everything changed are these, and read back the same")
  func description() throws {
    #expect(
      "\(TfidfOptions(maxFeatures: 5000))"
        == "max_features=5000 min_df=1 max_df=1.0 ngrams=1-1 norm=l2 smooth_idf=true stop_words=none "
        + "sublinear_tf=false tokens=words")
    var options = TfidfOptions()
    options.minDocumentFrequency = .fraction(0.25)
    options.maxDocumentFrequency = .count(7)
    options.ngrams = 2...3
    options.norm = .none
    options.isSmooth = false
    options.isSublinear = true
    // Only words that are tokens can have an effect, so only they are kept.
    options.stopWords = .words(["les", "don't", "The", "é", "le", "le", "été", "with space", "a,b", ""])
    let line = "\(options)"
    #expect(
      line == "max_features=none min_df=0.25 max_df=7 ngrams=2-3 norm=none smooth_idf=false "
        + "stop_words=words:le,les,été sublinear_tf=true tokens=words")
    let read = try TfidfOptions(description: line)
    #expect("\(read)" == line)
    #expect(read.stopWords == .words(["le", "les", "été"]))
    options.stopWords = read.stopWords
    #expect(read == options)
    #expect(try TfidfOptions(description: "") == TfidfOptions())
    // Files from before tokens could be chosen.
    #expect(try TfidfOptions(description: "ngrams=1-2 sublinear_tf=true").tokens == .words)
    #expect(try TfidfOptions(description: "stop_words=english").stopWords == .english)
    #expect(try TfidfOptions(description: "stop_words=words:none").stopWords == .words(["none"]))
  }

  @Test(
    "a line with something unknown, malformed or out of range is refused by name",
    arguments: [
      "min_df", "min_df=", "min_df=x", "min_df=0", "max_df=1.01", "max_df=inf", "max_features=0", "max_features=-1",
      "ngrams=", "ngrams=2-1", "ngrams=1-2-3", "ngrams=0-1", "ngrams=1-99", "ngrams=-", "norm=l3", "smooth_idf=1",
      "stop_words=french", "sublinear_tf=", "use_idf=true", "=", "tokens=", "tokens=chars",
      "max_features=99999999999999999999",
    ])
  func malformedLine(item: String) throws {
    let error = try #require(throws: TfidfError.self) { try TfidfOptions(description: "norm=l2 \(item)") }
    switch error {
    case .badText(let found, _): #expect(found == item)
    case .badOption(_, let value, _): #expect(item.contains(value))
    default: Issue.record("\(error)")
    }
  }

  @Test("counts and fractions are told apart by the point")
  func documentFrequencies() {
    #expect(DocumentFrequency("1") == .count(1) && DocumentFrequency("1.0") == .fraction(1))
    #expect(DocumentFrequency("1e-3") == .fraction(0.001) && DocumentFrequency("nan") == nil)
    #expect(DocumentFrequency.fraction(0.1).documents(of: 55) == 0.1 * 55)
  }
}
