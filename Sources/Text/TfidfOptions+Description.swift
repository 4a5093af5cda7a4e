extension TfidfOptions: CustomStringConvertible {
  /// All options on one line, as a model file keeps them:
  ///
  ///     max_features=5000 min_df=1 max_df=1.0 ngrams=1-2 norm=l2 smooth_idf=true stop_words=english sublinear_tf=false
  ///     tokens=words
  ///
  /// Names are scikit-learn's but for `tokens`, which is `words` or `tweet`. `max_features` and `stop_words` may be `none`; own stop words are written
  /// `words:le,la`, without those that have no effect, in byte order.
  public var description: String {
    [
      "max_features=\(maxFeatures.map { "\($0)" } ?? "none")", "min_df=\(minDocumentFrequency)",
      "max_df=\(maxDocumentFrequency)", "ngrams=\(ngrams.lowerBound)-\(ngrams.upperBound)", "norm=\(norm.rawValue)",
      "smooth_idf=\(isSmooth)", "stop_words=\(stopWords.item(tokens))", "sublinear_tf=\(isSublinear)",
      "tokens=\(tokens.rawValue)",
    ].joined(separator: " ")
  }

  /// Reads a ``description``. Items may come in any order; those that are missing have their defaults.
  /// - Throws: ``TfidfError`` for an unknown item, a malformed value, or a value out of range.
  public init(description: String) throws(TfidfError) {
    self.init()
    for item in description.split(separator: " ") {
      let parts = item.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { throw .badText(item: "\(item)", expected: "name=value") }
      try set(parts[0], parts[1])
    }
    try validate()
  }

  private mutating func set(_ name: Substring, _ value: Substring) throws(TfidfError) {
    let item = "\(name)=\(value)"
    func need<T>(_ value: T?, _ expected: String) throws(TfidfError) -> T {
      guard let value else { throw .badText(item: item, expected: expected) }
      return value
    }
    switch name {
    case "max_features": maxFeatures = value == "none" ? nil : try need(Int(value), "a count or none")
    case "min_df": minDocumentFrequency = try need(DocumentFrequency(value), "a count or a fraction")
    case "max_df": maxDocumentFrequency = try need(DocumentFrequency(value), "a count or a fraction")
    case "ngrams": ngrams = try need(Self.ngrams(value), "lengths such as 1 or 1-2")
    case "norm": norm = try need(TfidfNorm(rawValue: String(value)), "l2, l1 or none")
    case "smooth_idf": isSmooth = try need(Bool(String(value)), "true or false")
    case "sublinear_tf": isSublinear = try need(Bool(String(value)), "true or false")
    case "stop_words": stopWords = try need(StopWords(item: value), "none, english or words:a,b")
    case "tokens": tokens = try need(TermTokens(rawValue: String(value)), "words or tweet")
    default: throw .badText(item: item, expected: "an option of this program")
    }
  }

  /// Reads lengths of n-grams: `2` or `1-2`. Nil for anything else; the range is not checked.
  public static func ngrams(_ text: some StringProtocol) -> ClosedRange<Int>? {
    let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard bounds.count <= 2, let first = bounds.first ?? nil, let last = bounds.last ?? nil else { return nil }
    return first <= last ? first...last : nil
  }
}

extension StopWords {
  fileprivate func item(_ tokens: TermTokens) -> String {
    switch self {
    case .none: "none"
    case .english: "english"
    case .words: "words:" + effectiveWords(tokens).joined(separator: ",")
    }
  }

  fileprivate init?(item: Substring) {
    switch item {
    case "none": self = .none
    case "english": self = .english
    default:
      guard item.hasPrefix("words:") else { return nil }
      self = .words(item.dropFirst("words:".count).split(separator: ",").map(String.init))
    }
  }

  /// Own words that can be met as tokens, each once, in byte order. Such words hold neither spaces nor commas.
  private func effectiveWords(_ tokens: TermTokens) -> [String] {
    guard case .words(let words) = self else { return [] }
    var options = TfidfOptions()
    options.tokens = tokens
    var reader = TermReader(options)
    let effective = words.filter { word in
      let bytes = Array(word.utf8)
      var terms: [[UInt8]] = []
      bytes.withUnsafeBytes { reader.forEachTerm($0) { terms.append(Array($0)) } }
      return terms == [bytes]
    }
    let sorted = effective.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return sorted.enumerated().filter { $0 == 0 || !sorted[$0 - 1].utf8.elementsEqual($1.utf8) }.map(\.element)
  }
}
