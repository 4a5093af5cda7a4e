/// How texts become TF-IDF vectors: the parameters of scikit-learn's `TfidfVectorizer`, with its defaults.
///
/// One is our own, ``tokens``. Learning uses all of them; applying a learned vocabulary uses ``tokens``, ``stopWords``,
/// ``ngrams``, ``isSublinear`` and ``norm``.
public struct TfidfOptions: Sendable, Equatable {
  /// The longest n-gram that can be asked for.
  public static let longestNgram = 8
  /// The most stop words that can be given.
  public static let mostStopWords = 10_000

  /// Most terms that the vocabulary may have, at least 1; nil for all (`max_features`).
  public var maxFeatures: Int?
  /// Terms in fewer documents are left out (`min_df`).
  public var minDocumentFrequency = DocumentFrequency.count(1)
  /// Terms in more documents are left out (`max_df`).
  public var maxDocumentFrequency = DocumentFrequency.fraction(1)
  /// What a text is cut into.
  public var tokens = TermTokens.words
  /// Tokens that are left out before n-grams are made (`stop_words`).
  public var stopWords = StopWords.none
  /// Lengths of the n-grams, within 1…8: each run of so many tokens, joined by spaces, is a term (`ngram_range`).
  public var ngrams = 1...1
  /// A term that occurs n times in a document counts 1 + ln n instead of n (`sublinear_tf`).
  public var isSublinear = false
  /// Whether the inverse document frequency is smoothed as if one more document held every term (`smooth_idf`).
  public var isSmooth = true
  /// What vectors are divided by (`norm`).
  public var norm = TfidfNorm.l2

  /// scikit-learn's defaults, with at most so many terms.
  public init(maxFeatures: Int? = nil) {
    self.maxFeatures = maxFeatures
  }

  /// Refuses options outside the ranges above.
  public func validate() throws(TfidfError) {
    if let maxFeatures, maxFeatures < 1 {
      throw .badOption(name: "maxFeatures", value: "\(maxFeatures)", reason: "must be at least 1")
    }
    try check("minDocumentFrequency", minDocumentFrequency)
    try check("maxDocumentFrequency", maxDocumentFrequency)
    guard ngrams.lowerBound >= 1, ngrams.upperBound <= Self.longestNgram else {
      let value = "\(ngrams.lowerBound)-\(ngrams.upperBound)"
      throw .badOption(name: "ngrams", value: value, reason: "must be within 1-\(Self.longestNgram)")
    }
    if case .words(let words) = stopWords, words.count > Self.mostStopWords {
      throw .badOption(
        name: "stopWords", value: "\(words.count) words", reason: "must be at most \(Self.mostStopWords)")
    }
  }

  private func check(_ name: String, _ bound: DocumentFrequency) throws(TfidfError) {
    guard bound.isValid else {
      throw .badOption(
        name: name, value: "\(bound)", reason: "must be a count of at least 1 or a fraction of 0.0 to 1.0")
    }
  }
}
