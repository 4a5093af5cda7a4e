import Kernels
import ParitySupport
import Testing

@testable import Text

@Suite("What is known about characters")
struct CharacterTableTests {
  private let table = CharacterTable.unicode14

  @Test("the whole table is that of CPython 3.11, by a digest computed there")
  func digestOfAllCharacters() {
    // In Python: FNV-1a over one number per character: bit 0 re.match(r"\w"), bit 1 cased, bit 2 ignorable (both told by
    // what lower() does to a sigma beside the character), from bit 8 on the 32 bits of lower() minus the character.
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    for character in UInt32(0)..<0x110000 {
      let kind = table.kind(of: character)
      let flags = (kind.isWord ? 1 : 0) | (kind.isCased ? 2 : 0) | (kind.isCaseIgnorable ? 4 : 0)
      let value = UInt64(UInt32(bitPattern: kind.lowercaseDelta)) << 8 | UInt64(flags)
      digest = (digest ^ value) &* 0x100_0000_01B3
    }
    #expect(digest == 0x7156_EE91_E1A2_3207)
  }

  @Test("what every character is to a hashtag follows from its category in CPython 3.11, by a digest computed there")
  func digestOfHashtagCharacters() {
    // In Python: FNV-1a over one number per character: 1 for the 17 of `inside` and category Nd, 2 for L and M, else 0.
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    for character in UInt32(0)..<0x110000 {
      digest = (digest ^ UInt64(table.kind(of: character).inHashtag.rawValue)) &* 0x100_0000_01B3
    }
    #expect(digest == 0xD29F_4BFC_FEE6_AA6C)
  }

  @Test("eight bytes at once are judged as the table judges each of them alone")
  func eightBytesAtOnce() {
    var random = SeededGenerator(seed: 20)
    for round in 0..<20_000 {
      // At first every byte at every place among word characters, then words among which others are rare.
      var bytes = (0..<8).map { _ in UInt8(ascii: "a") + UInt8(random.below(26)) }
      if round < 2_048 {
        bytes[round >> 8] = UInt8(round & 0xFF)
      } else {
        for place in bytes.indices where random.below(4) == 0 { bytes[place] = UInt8(random.below(256)) }
      }
      let kinds = bytes.map { $0 < 0x80 ? table.kind(of: UInt32($0)) : CharacterTable.Kind() }
      let length = kinds.firstIndex { !$0.isWord } ?? 8
      let word = ASCIIWord(bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
      #expect(word.length == length, "\(bytes)")
      for place in 0..<length {
        let lowered = UInt8(truncatingIfNeeded: word.lowered >> UInt64(8 * place))
        #expect(Int32(lowered) == Int32(bytes[place]) + kinds[place].lowercaseDelta, "\(bytes) at \(place)")
      }
    }
  }

  @Test("lower-casing keeps word characters word characters and others others")
  func lowercaseKeepsWordness() {
    let wrong = (UInt32(0)..<0x110000).filter { character in
      let kind = table.kind(of: character)
      let lowered = table.kind(of: UInt32(Int32(character) + kind.lowercaseDelta))
      return kind.isWord != lowered.isWord || lowered.lowercaseDelta != 0
    }
    #expect(wrong == [])
  }

  @Test("every character agrees with the reference tables", arguments: ParityPack.having("unicode"))
  func agreesWithReferenceTables(pack: ParityPack) throws {
    var isWord = [Bool](repeating: false, count: 0x110000)
    for row in try pack.rows("unicode/word_ranges.csv") {
      let first = try #require(Int(row[0], radix: 16))
      let last = try #require(Int(row[1], radix: 16))
      for character in first...last { isWord[character] = true }
    }
    var delta = [Int32](repeating: 0, count: 0x110000)
    for row in try pack.rows("unicode/lower.csv") {
      let character = try #require(Int32(row[0], radix: 16))
      guard let lowered = Int32(row[1], radix: 16) else {
        // The one character with two in lower case is not in the table.
        #expect(character == 0x130, "\(row)")
        continue
      }
      delta[Int(character)] = lowered - character
    }
    let wrong = (UInt32(0)..<0x110000).filter { character in
      let kind = table.kind(of: character)
      return kind.isWord != isWord[Int(character)] || kind.lowercaseDelta != delta[Int(character)]
    }
    #expect(wrong == [])
    struct Meta: Decodable {
      var n_word_codepoints: Int
      var n_lower: Int
    }
    let meta = try pack.json("unicode/meta.json", as: Meta.self)
    #expect(isWord.count { $0 } == meta.n_word_codepoints)
    // U+0130 has two characters in lower case, so no difference.
    #expect(delta.count { $0 != 0 } == meta.n_lower - 1)
  }
}
