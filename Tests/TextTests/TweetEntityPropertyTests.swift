import Kernels
import Testing

@testable import Text

@Suite("Entities of any text")
struct TweetEntityPropertyTests {
  private static let found = [
    "#Kestrel", "＃鳥", "#नमस्ते", "#a7", "$BIRD", "$wing.b", "@wren", "＠Rook_7", "@wren/nests", "http://t.co/Ab1",
    "https://birds.example/a_(b)?c=d", "birds.org", "été.com/é", "http://鳥.みんな/x",
  ]
  private static let plain = [
    "owl", "7", "鳥", "#7", "$7", "me@", "tar.bz2", "it.so", "☀️", "&", "...", "é", "http://", "#", "(", "–", "don't",
  ]

  @Test("words and entities with spaces between them give the entities, each where it was put")
  func concatenation() {
    var random = SeededGenerator(seed: 61)
    for _ in 0..<500 {
      let pieces = (0..<random.below(12)).map { _ in
        random.below(2) == 0 ? Self.found[random.below(Self.found.count)] : Self.plain[random.below(Self.plain.count)]
      }
      var text: [UInt8] = []
      var expected: [Range<Int>] = []
      for piece in pieces {
        if Self.found.contains(piece) { expected.append(text.count..<text.count + piece.utf8.count) }
        text += Array((piece + [" ", "\n", "\u{3000}"][random.below(3)]).utf8)
      }
      #expect(text.withUnsafeBytes { raw in TweetEntities(of: raw).map(\.range) } == expected, "\(pieces)")
      checkTruncations(of: text, expected)
    }
  }

  /// Whatever is cut off behind it, an entity and the character that ends it stay found.
  private func checkTruncations(of text: [UInt8], _ expected: [Range<Int>]) {
    for count in 0...text.count {
      let ranges = text[..<count].withUnsafeBytes { raw in TweetEntities(of: raw).map(\.range) }
      let whole = expected.filter { $0.upperBound < count }
      #expect(Array(ranges.prefix(whole.count)) == whole && ranges.count <= whole.count + 1)
      #expect(ranges.allSatisfy { $0.upperBound <= count })
    }
  }

  /// Texts in which the parts of entities meet in all ways, and broken characters.
  static func hostile(_ random: inout SeededGenerator) -> [UInt8] {
    let parts: [[UInt8]] =
      [
        "#", "＃", "@", "＠", "$", " ", "a", "Z", "7", "_", "-", ".", "/", ":", "://", "http", "https://", ".org",
        "t.co/", "(",
        ")", "?", "&", "=", "RT", "é", "鳥", "İ", "Σ", "\u{301}", "\u{FE0F}", "\u{200D}", "\u{2013}", "!",
        "abcdefghijklmnopqrstu",
      ].map { Array($0.utf8) } + [
        [0x80], [0xEF], [0xEF, 0xBC], [0xF0, 0x9F], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0], [0xFF],
      ]
    return (0..<random.below(16)).flatMap { _ in parts[random.below(parts.count)] }
  }

  @Test("of any bytes entities are apart and in order, valid UTF-8, and each is itself when it stands alone")
  func anyBytes() {
    var random = SeededGenerator(seed: 62)
    var count = 0
    for round in 0..<20_000 {
      let text =
        round % 4 == 0 ? (0..<random.below(64)).map { _ in UInt8(random.below(256)) } : Self.hostile(&random)
      var end = 0
      for entity in text.withUnsafeBytes({ raw in Array(TweetEntities(of: raw)) }) {
        #expect(end <= entity.range.lowerBound && entity.range.upperBound <= text.count && !entity.name.isEmpty)
        #expect(entity.range.lowerBound <= entity.name.lowerBound && entity.name.upperBound <= entity.range.upperBound)
        end = entity.range.upperBound
        count += 1
        let alone = Array(text[entity.range])
        #expect(String(validating: alone, as: UTF8.self) != nil)
        let again = ([0x20] + alone + [0x20]).withUnsafeBytes { raw in Array(TweetEntities(of: raw)) }
        #expect(again.map(\.range) == [1..<alone.count + 1] && again.map(\.kind) == [entity.kind], "\(text)")
      }
    }
    #expect(count > 3_000)
  }

  @Test("a tag of word characters is in lower case what the tokenizer makes of it")
  func lowercaseAsTokenizer() {
    var random = SeededGenerator(seed: 63)
    let table = CharacterTable.unicode14
    let cased = (UInt32(0)..<0x20000).filter { character in
      let kind = table.kind(of: character)
      // U+0130 becomes two characters, of which the tokenizer keeps one.
      return kind.isWord && kind.inHashtag == .letter && character != 0x130 && (kind.isCased || random.below(50) == 0)
    }
    // Sigmas are the letters whose lower case depends on their neighbours.
    let letters = cased + repeatElement(SpecialCharacter.capitalSigma, count: cased.count / 8)
    var tokenizer = Tokenizer()
    for _ in 0..<5_000 {
      let scalars = (0..<2 + random.below(6)).compactMap { _ in
        Unicode.Scalar(letters[random.below(letters.count)])
      }
      let tag = String(String.UnicodeScalarView(scalars))
      #expect(tokenizer.terms(Array(tag.utf8)) == names("#" + tag).map { Array($0.utf8) }, "\(tag)")
    }
  }

  @Test(
    "a text of half a megabyte of one thing is read in one pass",
    arguments: [
      "a", ".", "a.", "#", "#a", "#7", "@", "@a", "$", "$A", ":", "://", "http://", "http://a", "http://a.org",
      "a.org_", "a.org/",
      "a.org/(", "a.org/(a", "a.org/(a(", "a.org?", "t.co/a", "http://t.co/a", "http://a.b_", "-", "_.", "é.", "Σ",
      "鳥.org", "＃",
      "http://鳥.", "RT@", "(", "a.org/((", "http://a.",
    ])
  func F29_entitiesAreFoundInOnePass(unit: String) {
    // A pass that looks back again and again would take hours.
    let text = Array(String(repeating: unit, count: (1 << 19) / unit.utf8.count).utf8)
    var bytes = 0
    text.withUnsafeBytes { raw in TweetEntities.forEach(in: raw) { bytes += $1.count } }
    #expect(bytes <= text.count)
  }
}
