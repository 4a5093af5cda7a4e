import FuzzSupport

@testable import Text

/// Any bytes as the text of a tweet: terms are well-formed, the work is linear, and vectors are what vectors are.
///
/// Input: which options, then the text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzText(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let choice = Int(input.byte()) % TextDesk.all.count
  TextDesk.all[choice].run(input.rest)
  return 0
}

/// What reads the texts with one set of options.
private final class TextDesk {
  nonisolated(unsafe) static let all = [
    "", "ngrams=1-2", "ngrams=1-3 tokens=tweet", "stop_words=english sublinear_tf=true", "tokens=tweet norm=l1",
    "stop_words=words:the,Σ ngrams=2", "norm=none smooth_idf=false",
  ].map(TextDesk.init)

  private static let words = [
    "the", "comet", "#kestrel", "@wren", "t.co", "σ", "ας", "鳥鳥", "the comet", "comet the", "aa", "aa aa", "aa aa aa",
  ]

  private let options: TfidfOptions
  private var tokenizer = Tokenizer()
  private var reader: TermReader
  private var vectorizer: TfidfVectorizer

  init(_ description: String) {
    guard let options = try? TfidfOptions(description: description) else { fatalError("options \(description)") }
    self.options = options
    reader = TermReader(options)
    let terms = Set(Self.words).map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    vectorizer = TfidfVectorizer(
      vocabulary: Vocabulary(terms: terms), inverseDocumentFrequency: terms.indices.map { 1 + Double($0) / 8 },
      options: options)
  }

  func run(_ text: UnsafeRawBufferPointer) {
    checkWords(text)
    checkEntities(text)
    var terms = 0
    reader.forEachTerm(text) { term in
      terms += 1
      hold(String(validating: term, as: UTF8.self) != nil, "a term that is no UTF-8: \(Array(term))")
    }
    vectorizer.vectorize(text) { numbers, weights in
      hold(numbers.count == weights.count && numbers.count <= terms, "\(numbers.count) of \(terms) terms")
      hold(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "terms out of order")
      hold(weights.allSatisfy { $0.isFinite && $0 > 0 }, "weights \(Array(weights))")
      guard options.norm == .l2, !weights.isEmpty else { return }
      let length = weights.reduce(0) { $0 + Double($1) * Double($1) }
      hold(abs(length - 1) < 1e-4, "a vector whose squares sum to \(length)")
    }
  }

  private func checkWords(_ text: UnsafeRawBufferPointer) {
    let before = tokenizer.visitedByteCount
    tokenizer.forEachTerm(text) { term in
      hold(String(validating: term, as: UTF8.self) != nil, "a word that is no UTF-8: \(Array(term))")
      hold(term.count >= 2, "a word of \(term.count) bytes")
    }
    hold(tokenizer.visitedByteCount - before <= 3 * text.count, "\(tokenizer.visitedByteCount - before) looks")
  }

  private func checkEntities(_ text: UnsafeRawBufferPointer) {
    var end = 0
    for entity in TweetEntities(of: text) {
      hold(entity.range.lowerBound >= end && entity.range.upperBound <= text.count, "an entity at \(entity.range)")
      hold(!entity.name.isEmpty && entity.range.clamped(to: entity.name) == entity.name, "a name at \(entity.name)")
      hold(String(validating: text[entity.name], as: UTF8.self) != nil, "a name that is no UTF-8")
      end = entity.range.upperBound
    }
    TweetEntities.forEach(in: text) { _, name in
      hold(String(validating: name, as: UTF8.self) != nil, "a name in lower case that is no UTF-8")
    }
  }
}
