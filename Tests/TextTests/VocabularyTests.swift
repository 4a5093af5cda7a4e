import Kernels
import Testing

@testable import Text

@Suite("Vocabulary")
struct VocabularyTests {
  private func index(_ vocabulary: Vocabulary, _ term: [UInt8]) -> UInt32? {
    term.withUnsafeBufferPointer { vocabulary.index(of: $0) }
  }

  @Test("finds each of many terms by its number and none other")
  func findsEveryTerm() {
    var random = SeededGenerator(seed: 3)
    var seen = Set<[UInt8]>()
    var terms: [[UInt8]] = []
    while terms.count < 5_000 {
      let term = (0..<(1 + random.below(3))).map { _ in UInt8(97 + random.below(26)) }
      if seen.insert(term).inserted { terms.append(term) }
    }
    let vocabulary = Vocabulary(terms: terms)
    #expect(vocabulary.count == 5_000)
    for (number, term) in terms.enumerated() {
      #expect(index(vocabulary, term) == UInt32(number))
      // One byte more, so that no term of three letters can be meant.
      #expect(index(vocabulary, term + [0x30]) == nil)
    }
  }

  @Test("terms that begin alike, up to lengths that a slot's tag cannot tell apart, are told apart")
  func termsThatBeginAlike() {
    var random = SeededGenerator(seed: 4)
    var seen = Set<[UInt8]>()
    for length in Array(0...40) + Array(250...300) {
      seen.insert([UInt8](repeating: 0x61, count: length))
      // NUL too, with which a short term would end in a slot.
      for _ in 0..<5 { seen.insert((0..<length).map { _ in [0, 0x61][random.below(2)] }) }
    }
    let terms = seen.sorted { $0.lexicographicallyPrecedes($1) }
    let vocabulary = Vocabulary(terms: terms)
    for (number, term) in terms.enumerated() {
      #expect(index(vocabulary, term) == UInt32(number))
      #expect(index(vocabulary, term + [0x62]) == nil)
      #expect(index(vocabulary, [0x62] + term) == nil)
    }
  }

  @Test("a key made from padded bytes is the one made from the term alone, whatever follows")
  func paddedKeys() {
    var random = SeededGenerator(seed: 5)
    for length in 1...30 {
      let bytes = (0..<length + 8).map { _ in UInt8(random.below(256)) }
      let alone = Array(bytes.prefix(length)).withUnsafeBufferPointer { TermKey($0) }
      let padded = bytes.withUnsafeBufferPointer { TermKey(padded: UnsafeBufferPointer(rebasing: $0[..<length])) }
      #expect(alone.prefix == padded.prefix && alone.hash == padded.hash && alone.tag == padded.tag)
    }
  }

  @Test("composed and decomposed letters are different terms")
  func doesNotNormalise() {
    let composed = Array("caf\u{E9}".utf8)
    let decomposed = Array("cafe\u{301}".utf8)
    let vocabulary = Vocabulary(terms: [composed, decomposed])
    #expect(index(vocabulary, composed) == 0)
    #expect(index(vocabulary, decomposed) == 1)
  }

  @Test("a repeated term keeps its first number and the terms after it keep theirs")
  func repeatedTerm() {
    let vocabulary = Vocabulary(terms: ["aa", "bb", "aa", "cc"].map { Array($0.utf8) })
    #expect(vocabulary.count == 4)
    #expect(index(vocabulary, Array("aa".utf8)) == 0)
    #expect(index(vocabulary, Array("cc".utf8)) == 3)
  }

  @Test("an empty vocabulary finds nothing, not even the empty term")
  func emptyVocabulary() {
    let vocabulary = Vocabulary(terms: [])
    #expect(vocabulary.count == 0)
    #expect(index(vocabulary, []) == nil)
    #expect(index(vocabulary, [0x61]) == nil)
  }
}
