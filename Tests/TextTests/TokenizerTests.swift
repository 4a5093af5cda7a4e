import Kernels
import ParitySupport
import Testing

@testable import Text

@Suite("Terms of a text")
struct TokenizerTests {
  @Test(
    "terms are runs of at least two word characters, in lower case",
    arguments: [
      ("", []), ("a", []), ("a b c", []), ("ab", ["ab"]), ("Hello, World!", ["hello", "world"]),
      ("don't stop", ["don", "stop"]), ("x_y __ _", ["x_y", "__"]), ("#Jazz2024 @bird", ["jazz2024", "bird"]),
      ("1 22 3.14", ["22", "14"]), ("CAFÉ", ["café"]), ("cafe\u{301} noir", ["cafe", "noir"]),
      ("東京 タワー", ["東京", "タワー"]), ("ÇİLEK", ["çi", "lek"]), ("İstanbul", ["stanbul"]), ("ẞẞ", ["ßß"]),
      ("ǅungla", ["ǆungla"]), ("½²", ["½²"]), ("Ⅷⅷ", ["ⅷⅷ"]), ("zero\u{200B}width", ["zero", "width"]),
      ("नमस्ते", ["नमस"]), ("🎺🎺 ok", ["ok"]), ("ȺȾ", ["ⱥⱦ"]), ("nul\0byte", ["nul", "byte"]), ("𐐀𐐁", ["𐐨𐐩"]),
    ] as [(String, [String])])
  func termsOfText(text: String, expected: [String]) {
    var tokenizer = Tokenizer()
    #expect(tokenizer.terms(Array(text.utf8)) == expected.map { Array($0.utf8) })
  }

  @Test(
    "a capital sigma is a final one after a cased letter unless one follows",
    arguments: [
      ("ΣΣ", "σς"), ("ΣΟΦΟΣ", "σοφος"), ("ΟΔΟΣ ΟΔΟΣ", "οδος"), ("ΑΣΑ", "ασα"), ("ΑΣ.Α", "ασ"), ("ΑΣ.", "ας"),
      ("ΑΣ\u{301}", "ας"), ("ΑΣ\u{301}Α", "ασ"), ("ΑΣ:\u{AD}", "ας"), ("中Σ", "中σ"), ("Α'Σ1", "ς1"), ("1Σ", "1σ"),
      ("AΣ中", "aς中"), ("A\u{345}ΣΣ", "σς"), ("𝐀Σ", "𝐀ς"), ("AΣ𝐀", "aσ𝐀"), ("Α'ΣΑ", "σα"), ("ΑΣ'", "ας"),
    ])
  func finalSigma(text: String, expected: String) {
    var tokenizer = Tokenizer()
    #expect(tokenizer.terms(Array(text.utf8)).first == Array(expected.utf8))
  }

  @Test("an invalid byte between a sigma and a letter hides the letter")
  func invalidByteStopsSigmaSearch() {
    var tokenizer = Tokenizer()
    let capitals: [UInt8] = [0xCE, 0x91, 0xCE, 0xA3]
    let ending: [UInt8] = [0xCE, 0xB1, 0xCF, 0x82]
    #expect(tokenizer.terms(capitals + [0xFF] + capitals) == [ending, ending])
    #expect(tokenizer.terms([0xCE, 0x91, 0xFF, 0xCE, 0xA3, 0x31]) == [[0xCF, 0x83, 0x31]])
  }

  @Test(
    "invalid sequences separate terms",
    arguments: [
      [0x80], [0xFF], [0xC0, 0xAF], [0xC1, 0x81], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xF0, 0x9F, 0x8E], [0xC3],
    ] as [[UInt8]])
  func invalidSequencesSeparate(sequence: [UInt8]) {
    var tokenizer = Tokenizer()
    let (left, right) = (Array("left".utf8), Array("right".utf8))
    #expect(tokenizer.terms(left + sequence + right) == [left, right])
    #expect(tokenizer.terms(left + [0x20] + right + sequence) == [left, right])
  }

  @Test("random texts of awkward characters agree with a plain implementation on whole arrays")
  func agreesWithPlainImplementation() {
    var random = SeededGenerator(seed: 11)
    var tokenizer = Tokenizer()
    let plain = PlainTokenizer(table: .unicode14)
    let awkward: [UInt32] = [
      0x3A3, 0x3A3, 0x3A3, 0x130, 0x41, 0x62, 0x5F, 0x20, 0x27, 0x2E, 0x301, 0x345, 0xAD, 0x391, 0x3C2, 0x1E9E, 0x23A,
      0x4E2D, 0x1F3BA, 0x1D400, 0x10400, 0x200D, 0x0, 0x2160, 0x7FF, 0x800, 0xFFFD, 0x10FFFF,
    ]
    for _ in 0..<2_000 {
      let text = (0..<random.below(24)).map { _ in awkward[random.below(awkward.count)] }
      #expect(tokenizer.terms(PlainTokenizer.utf8(text)) == plain.terms(text), "\(text)")
    }
  }

  @Test("the terms of two texts with a space between them are the terms of each")
  func concatenation() {
    var random = SeededGenerator(seed: 12)
    var tokenizer = Tokenizer()
    for _ in 0..<500 {
      // Random bytes, so that sequences are cut in every way.
      let first = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
      let second = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
      let both = tokenizer.terms(first) + tokenizer.terms(second)
      #expect(tokenizer.terms(first + [0x20] + second) == both)
    }
  }

  @Test("the tweets and edge documents of the reference give its tokens", arguments: ParityPack.having("tfidf"))
  func agreesWithReferenceTokens(pack: ParityPack) throws {
    struct Document: Decodable { var text: String }
    struct Tokens: Decodable { var tokens: [String] }
    let documents = try pack.jsonLines("tfidf/corpus_a.jsonl", as: Document.self)
    let tokens = try pack.jsonLines("tfidf/tokens_a.jsonl", as: Tokens.self)
    #expect(documents.count >= 100 && tokens.count == documents.count)
    var tokenizer = Tokenizer()
    for (document, expected) in zip(documents, tokens) {
      #expect(tokenizer.terms(Array(document.text.utf8)) == expected.tokens.map { Array($0.utf8) })
    }
  }

  @Test("a text and its lower case by the reference have the same terms", arguments: ParityPack.having("unicode"))
  func agreesWithReferenceLowerCase(pack: ParityPack) throws {
    struct Pair: Decodable {
      var `in`: String
      var out: String
    }
    var tokenizer = Tokenizer()
    for pair in try pack.json("unicode/lower_strings.json", as: [Pair].self) {
      // Digits on both sides make terms of single letters, and do not change a sigma.
      let terms = tokenizer.terms(Array("1\(pair.in)1".utf8))
      #expect(terms == tokenizer.terms(Array("1\(pair.out)1".utf8)), "\(pair.in)")
    }
  }
}
