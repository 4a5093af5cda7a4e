/// What is known about every character: whether it is part of words and of hashtags, what it becomes in lower case, and
/// how it counts when a capital sigma looks for the end of its word.
///
/// Two stages: a character's upper bits choose a page, its lower eight bits a place in the page, and there stands the
/// number of its kind. The 0x110000 characters share some 90 kinds and 140 pages, about 40 KB in all. The table is
/// built from the lists in ``WordCharacterTable``, ``LowercaseTable``, ``CaseContextTable`` and
/// ``HashtagCharacterTable`` and never changes afterwards.
final class CharacterTable: Sendable {
  /// The table, which is the same for everybody and built on first use: about 2 ms.
  static let unicode14 = CharacterTable()

  /// What all characters of one kind have in common.
  struct Kind: Equatable {
    var isWord = false
    var isCased = false
    var isCaseIgnorable = false
    var inHashtag = HashtagCharacterTable.Role.none
    /// Added to the character to get its lower-case form.
    var lowercaseDelta: Int32 = 0
  }

  private let pageOfUpperBits: [UInt8]
  private let kindNumbers: [UInt8]
  private let kinds: [Kind]

  /// - Complexity: O(number of characters): about 2 ms.
  init() {
    var kinds = [Kind(), Kind(isWord: true, inHashtag: .letter)]
    var numbers = [UInt8](repeating: 0, count: 0x110000)
    numbers.withUnsafeMutableBufferPointer { numbers in
      // Nearly all word characters are without case and stand in long ranges, so whole ranges are filled at first.
      CharacterRange.forEach(of: WordCharacterTable.ranges) { range in
        numbers[Int(range.first)...Int(range.last)].update(repeating: 1)
      }

      func change(_ list: StaticString, _ edit: (inout Kind, CharacterRange) -> Void) {
        CharacterRange.forEach(of: list) { range in
          for character in stride(from: Int(range.first), through: Int(range.last), by: Int(range.step)) {
            var kind = kinds[Int(numbers[character])]
            edit(&kind, range)
            if let number = kinds.lastIndex(of: kind) {
              numbers[character] = UInt8(number)
            } else {
              numbers[character] = UInt8(kinds.count)
              kinds.append(kind)
            }
          }
        }
      }
      change(CaseContextTable.cased) { kind, _ in kind.isCased = true }
      change(CaseContextTable.ignorable) { kind, _ in kind.isCaseIgnorable = true }
      change(HashtagCharacterTable.marks) { kind, _ in kind.inHashtag = .letter }
      change(HashtagCharacterTable.digits) { kind, _ in kind.inHashtag = .part }
      change(HashtagCharacterTable.otherNumbers) { kind, _ in kind.inHashtag = .none }
      change(HashtagCharacterTable.inside) { kind, _ in kind.inHashtag = .part }
      change(LowercaseTable.ranges) { kind, range in kind.lowercaseDelta = range.delta }
    }

    (pageOfUpperBits, kindNumbers) = Self.sharedPages(of: numbers)
    self.kinds = kinds
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
      if start > 0, numbers[start - 256..<start] == content, let last = pageOfUpperBits.last {
        pageOfUpperBits.append(last)
      } else if let page = pageOfContent[content] {
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
