import Kernels
import Testing

@testable import Text

@Suite("Hostile texts")
struct HostileTextTests {
  /// A kind of text in any size.
  struct Shape: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// A text of at least the given number of bytes, and hardly more.
    var make: @Sendable (Int) -> [UInt8]
  }

  static let sigma: [UInt8] = [0xCE, 0xA3]
  static let acute: [UInt8] = [0xCC, 0x81]

  static func repeated(_ unit: [UInt8], _ byteCount: Int) -> [UInt8] {
    Array(repeatElement(unit, count: byteCount / unit.count + 1).joined())
  }

  static func shape(_ name: String, _ unit: [UInt8]) -> Shape {
    Shape(testDescription: name) { repeated(unit, $0) }
  }

  static let shapes = [
    shape("one word", [0x61]),
    shape("short words", Array("Ab cd ".utf8)),
    shape("NUL", [0]),
    shape("stray continuation bytes", [0x80]),
    shape("leads without continuation", [0xF0]),
    shape("encoded surrogates", [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]),
    shape("overlong forms", [0xC0, 0x80, 0xE0, 0x80, 0x80]),
    shape("sigmas", sigma),
    shape("sigmas and combining marks in turn", sigma + acute + acute + acute),
    shape("sigmas behind stray continuation bytes", [0x80, 0x80, 0x80, 0x80] + sigma),
    shape("letters whose lower case is longer", [0xC8, 0xBA]),
    Shape(testDescription: "a sigma between combining marks") {
      repeated(acute, $0 / 2) + sigma + repeated(acute, $0 / 2)
    },
    Shape(testDescription: "sigmas before combining marks") { repeated(sigma, $0 / 2) + repeated(acute, $0 / 2) },
  ]

  private func visits(_ text: [UInt8]) -> Int {
    var tokenizer = Tokenizer()
    text.withUnsafeBytes { tokenizer.forEachTerm($0) { _ in } }
    return tokenizer.visitedByteCount
  }

  @Test("a text costs at most three looks at each byte, and four times the text four times as many", arguments: shapes)
  func F29_workIsLinearInTheLengthOfTheText(shape: Shape) {
    let (short, long) = (shape.make(1 << 14), shape.make(1 << 16))
    let (shortVisits, longVisits) = (visits(short), visits(long))
    #expect(long.count <= longVisits && longVisits <= 3 * long.count)
    #expect(longVisits <= 4 * shortVisits + 64)
  }

  @Test("a text of 1 MB in which every letter asks for its neighbours costs three looks at each byte")
  func F29_aMegabyteOfSigmas() {
    let text = Self.repeated(Self.sigma + Self.acute + Self.acute, 1 << 20)
    #expect(visits(text) <= 3 * text.count)
  }

  @Test("ten thousand combining marks on one letter are no term and do not spoil the neighbours")
  func F29_tenThousandCombiningMarks() {
    var tokenizer = Tokenizer()
    let marks = Self.repeated(Self.acute, 20_000)
    let terms = tokenizer.terms(Array("before e".utf8) + marks + Array(" after".utf8))
    #expect(terms == [Array("before".utf8), Array("after".utf8)])
  }

  @Test("random bytes give terms that are valid UTF-8 of at least two word characters each")
  func F29_randomBytesGiveWellFormedTerms() {
    var random = SeededGenerator(seed: 29)
    var tokenizer = Tokenizer()
    let table = CharacterTable.unicode14
    // Half of the bytes are of the few that make up sequences, else almost everything would be invalid.
    let likely: [UInt8] = [0xCE, 0xA3, 0xED, 0xA0, 0x80, 0xE4, 0xB8, 0xAD]
    for _ in 0..<2_000 {
      let text = (0..<random.below(64)).map { _ in
        random.below(2) == 0 ? UInt8(random.below(256)) : likely[random.below(likely.count)]
      }
      for term in tokenizer.terms(text) {
        let decoded = String(validating: term, as: UTF8.self) ?? ""
        #expect(decoded.unicodeScalars.count >= 2, "\(term)")
        #expect(decoded.unicodeScalars.allSatisfy { table.kind(of: $0.value).isWord }, "\(term)")
      }
    }
  }

  @Test("hostile texts become vectors of length 1 or 0", arguments: shapes)
  func F29_vectorizerTakesEveryText(shape: Shape) {
    let terms = ["ab", "cd"].map { Array($0.utf8) }
    var vectorizer = TfidfVectorizer(vocabulary: Vocabulary(terms: terms), inverseDocumentFrequency: [1, 1])
    let squaredLength = shape.make(4_096).withUnsafeBytes { bytes in
      vectorizer.vectorize(bytes) { _, weights in weights.reduce(0) { $0 + $1 * $1 } }
    }
    #expect(squaredLength == 0 || abs(squaredLength - 1) < 1e-5)
  }
}
