@testable import Text

/// The tokenizer's rule spelled out on whole arrays: lower-case all, then look for runs. Slow and easy to read.
struct PlainTokenizer {
  var table: CharacterTable

  func terms(_ text: [UInt32]) -> [[UInt8]] {
    let lowered = text.indices.flatMap { lowercase(text, at: $0) }
    let runs = lowered.split { !table.kind(of: $0).isWord }
    return runs.filter { $0.count >= 2 }.map { Self.utf8(Array($0)) }
  }

  static func utf8(_ text: [UInt32]) -> [UInt8] {
    Array(String(String.UnicodeScalarView(text.compactMap(Unicode.Scalar.init))).utf8)
  }

  private func lowercase(_ text: [UInt32], at index: Int) -> [UInt32] {
    if text[index] == 0x130 { return [0x69, 0x307] }
    if text[index] == 0x3A3 {
      let before = text[..<index].last { !table.kind(of: $0).isCaseIgnorable }
      let after = text[(index + 1)...].first { !table.kind(of: $0).isCaseIgnorable }
      return [isCased(before) && !isCased(after) ? 0x3C2 : 0x3C3]
    }
    return [UInt32(Int32(text[index]) + table.kind(of: text[index]).lowercaseDelta)]
  }

  private func isCased(_ character: UInt32?) -> Bool {
    character.map { table.kind(of: $0).isCased } ?? false
  }
}
