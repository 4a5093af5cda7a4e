/// What the tokenizer knows about every character: whether it is part of words, what it becomes in lower case, and how it
/// counts when a capital sigma looks for the end of its word.
///
/// Two stages: a character's upper bits choose a page, its lower eight bits a place in the page, and there stands the
/// number of its kind. The 0x110000 characters share some 90 kinds and 140 pages, about 40 KB in all. The table is built
/// from the lists in ``WordCharacterTable``, ``LowercaseTable`` and ``CaseContextTable`` and never changes afterwards.
final class CharacterTable: Sendable {
  /// What all characters of one kind have in common.
  struct Kind: Equatable {
    var isWord = false
    var isCased = false
    var isCaseIgnorable = false
    /// Added to the character to get its lower-case form.
    var lowercaseDelta: Int32 = 0
  }

  private let pageOfUpperBits: [UInt8]
  private let kindNumbers: [UInt8]
  private let kinds: [Kind]

  /// For each ASCII byte: its lower-case form if it is a word character, else 0.
  let asciiWordBytes: [UInt8]

  /// - Complexity: O(number of characters), about 5 ms once per table.
  init() {
    let characterCount = 0x110000
    var kinds = [Kind()]
    var numbers = [UInt8](repeating: 0, count: characterCount)

    func change(_ character: UInt32, _ edit: (inout Kind) -> Void) {
      var kind = kinds[Int(numbers[Int(character)])]
      edit(&kind)
      if let number = kinds.firstIndex(of: kind) {
        numbers[Int(character)] = UInt8(number)
      } else {
        numbers[Int(character)] = UInt8(kinds.count)
        kinds.append(kind)
      }
    }

    CharacterRange.forEachCharacter(of: WordCharacterTable.ranges) { character, _ in
      change(character) { $0.isWord = true }
    }
    CharacterRange.forEachCharacter(of: CaseContextTable.cased) { character, _ in
      change(character) { $0.isCased = true }
    }
    CharacterRange.forEachCharacter(of: CaseContextTable.ignorable) { character, _ in
      change(character) { $0.isCaseIgnorable = true }
    }
    CharacterRange.forEachCharacter(of: LowercaseTable.ranges) { character, delta in
      change(character) { $0.lowercaseDelta = delta }
    }

    (pageOfUpperBits, kindNumbers) = Self.sharedPages(of: numbers)
    self.kinds = kinds
    asciiWordBytes = (0..<128).map { byte in
      let kind = kinds[Int(numbers[byte])]
      return kind.isWord ? UInt8(Int32(byte) + kind.lowercaseDelta) : 0
    }
  }

  /// The kind of a character below 0x110000.
  @inline(__always)
  func kind(of character: UInt32) -> Kind {
    let page = Int(pageOfUpperBits[Int(character >> 8)])
    return kinds[Int(kindNumbers[page << 8 | Int(character & 0xFF)])]
  }

  /// Splits the numbers into pages of 256 and stores equal pages once.
  private static func sharedPages(of numbers: [UInt8]) -> (pageOfUpperBits: [UInt8], kindNumbers: [UInt8]) {
    var pageOfContent: [ArraySlice<UInt8>: UInt8] = [:]
    var pageOfUpperBits: [UInt8] = []
    var stored: [UInt8] = []
    for start in stride(from: 0, to: numbers.count, by: 256) {
      let content = numbers[start..<start + 256]
      if let page = pageOfContent[content] {
        pageOfUpperBits.append(page)
      } else {
        let page = UInt8(pageOfContent.count)
        pageOfContent[content] = page
        pageOfUpperBits.append(page)
        stored.append(contentsOf: content)
      }
    }
    return (pageOfUpperBits, stored)
  }
}
