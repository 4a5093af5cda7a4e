/// Texts in the shape of tweets: a dozen words of an invented language whose frequent words are short.
enum MadeUpTexts {
  private static let syllables = ["ka", "lo", "mi", "ter", "an", "su", "vel", "ro", "den", "ish", "pa", "or"]

  static func draw(_ count: Int, seed: UInt64) -> [[UInt8]] {
    var generator = SplitMix(seed: seed)
    return (0..<count).map { _ in
      let words = (0..<Int.random(in: 6...18, using: &generator)).map { _ in
        (0..<Int.random(in: 1...4, using: &generator))
          .map { _ in syllables[Int.random(in: 0..<syllables.count, using: &generator)] }
          .joined()
      }
      return Array(words.joined(separator: " ").utf8)
    }
  }
}
