import Kernels
import Testing

@testable import Text

@Suite("Tokens of a tweet")
struct TweetTokensTests {
  private func terms(_ text: [UInt8], _ change: (inout TfidfOptions) -> Void = { _ in }) -> [String] {
    var options = TfidfOptions()
    options.tokens = .tweet
    change(&options)
    var reader = TermReader(options)
    var terms: [String] = []
    text.withUnsafeBytes { reader.forEachTerm($0) { terms.append(String(decoding: $0, as: UTF8.self)) } }
    return terms
  }

  @Test(
    "entities are whole tokens with one form, and what is between them is words",
    arguments: [
      ("RT @Wren: 2 #Swifts over http://WWW.Birds.org/x?y=z!", ["rt", "@wren", "#swifts", "over", "birds.org"]),
      ("＃ΟΔΟΣ ＠Owl/nests, $BRK.b", ["#οδος", "@owl", "$brk.b"]), ("#İş", ["#i̇ş"]), ("#a @b $c x", ["#a", "@b", "$c"]),
      ("t.co/Ab's www.com http://www.a.de", ["t.co", "www.com", "a.de"]), ("鳥t.co/x鳥鳥", ["t.co", "鳥鳥"]),
      ("#2016 don't me@birds.org", ["2016", "don", "me", "birds", "org"]), ("", []), ("…", []),
    ])
  func tokens(text: String, expected: [String]) {
    #expect(terms(Array(text.utf8)) == expected)
  }

  @Test("n-grams run over entities, and stop words may be entities")
  func options() {
    let text = Array("the #Swift of @Wren see http://birds.org/x".utf8)
    #expect(
      terms(text) { ($0.ngrams, $0.stopWords) = (1...2, .words(["the", "of", "@wren", "birds.org"])) }
        == ["#swift", "see", "#swift see"])
    #expect(terms(text) { $0.stopWords = .english } == ["#swift", "@wren", "birds.org"])
  }

  @Test("stop words that a text's tokens can be are kept in the line, others are not")
  func description() throws {
    var options = TfidfOptions()
    options.stopWords = .words(["#swift", "@wren", "$b", "birds.org", "owl", "#", "@Wren", "www.a.de", "x"])
    #expect("\(options)".hasSuffix(" stop_words=words:owl sublinear_tf=false tokens=words"))
    options.tokens = .tweet
    let line = "\(options)"
    #expect(line.hasSuffix(" stop_words=words:#swift,$b,@wren,birds.org,owl sublinear_tf=false tokens=tweet"))
    let read = try TfidfOptions(description: line)
    #expect(read.tokens == .tweet && "\(read)" == line)
  }

  @Test("without entities a text's tokens are its words")
  func plainText() {
    var random = SeededGenerator(seed: 64)
    let letters = Array("aZ7_é鳥İ'-! \n(Σß".unicodeScalars)
    var tokenizer = Tokenizer()
    for _ in 0..<2_000 {
      let scalars = (0..<random.below(20)).map { _ in letters[random.below(letters.count)] }
      let text = Array(String(String.UnicodeScalarView(scalars)).utf8)
      #expect(terms(text).map { Array($0.utf8) } == tokenizer.terms(text))
    }
  }

  @Test("of any bytes a text applied to what was learned gives the vector that was learned of it")
  func learnedAndApplied() throws {
    var random = SeededGenerator(seed: 65)
    var options = TfidfOptions()
    options.tokens = .tweet
    let texts = (0..<2_000).map { _ in TweetEntityPropertyTests.hostile(&random) }
    for ngrams in [1...1, 1...2] {
      options.ngrams = ngrams
      var trainer = try TfidfTrainer(options: options)
      trainer.add(count: texts.count) { document, body in texts[document].withUnsafeBytes { body($0) } }
      let model = try trainer.finishRounded()
      #expect(model.words.contains("#a") && model.words.contains { $0.hasSuffix(".org") })
      var vectorizer = TfidfVectorizer(
        vocabulary: model.vocabulary, inverseDocumentFrequency: model.inverseDocumentFrequency,
        options: try TfidfOptions(description: "\(options)"))
      for (document, text) in texts.enumerated() {
        let (terms, weights) = text.withUnsafeBytes { bytes in vectorizer.vectorize(bytes) { (Array($0), Array($1)) } }
        let entries = model.vectors.entries(ofRow: document)
        #expect(terms == Array(model.vectors.columns[entries]) && weights == Array(model.vectors.values[entries]))
      }
    }
  }
}
