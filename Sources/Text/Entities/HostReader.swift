/// Reads the host of a URL: labels with dots between them, of which the last is a top-level domain.
///
/// It ends with the last label that is a known top-level domain; behind a scheme, if none is, with the last one that
/// could be. Labels may hold hyphens, and those of subdomains underscores, but neither begins or ends one.
struct HostReader {
  let text: EntityText
  let start: Int
  /// Whether the host has no scheme before it: only ASCII and accented Latin letters, and a known top-level domain.
  let isStrict: Bool

  /// A host that was read.
  struct Host {
    var end: Int
    /// Whether it is one label and a country's code, those apart that have become popular for names like this.
    var isShort: Bool
  }

  /// - Complexity: O(bytes of the run of characters that hosts are made of).
  func host() -> Host? {
    var known: Host?
    var unknown: Host?
    var isFirst = true
    var place = start
    while let label = readLabel(place), text.byte(label.end) == UInt8(ascii: ".") {
      if !label.hasUnderscore, let domain = topLevelDomain(label.end + 1) {
        let code = TopLevelDomains.code(of: text, label.end + 1..<domain)
        let host = Host(end: domain, isShort: isFirst && TopLevelDomains.isPlainCountry(code))
        if TopLevelDomains.contains(code) { known = host } else { unknown = host }
      }
      isFirst = false
      place = label.end + 1
    }
    return known ?? (isStrict ? nil : unknown)
  }

  /// The label at a place: to the next character that belongs to none.
  private func readLabel(_ start: Int) -> (end: Int, hasUnderscore: Bool)? {
    var place = start
    var hasUnderscore = false
    var isInside = false
    while let next = text.character(at: place) {
      let isUnderscore = next.value == UInt32(UInt8(ascii: "_"))
      if isUnderscore || next.value == UInt32(UInt8(ascii: "-")) {
        guard place > start else { return nil }
        if isUnderscore { hasUnderscore = true }
        isInside = false
      } else {
        guard isLabel(next.value) else { break }
        isInside = true
      }
      place += next.length
    }
    return isInside ? (place, hasUnderscore) : nil
  }

  /// Where the top-level domain at a place ends: letters, or a name in Punycode, and nothing that would go on.
  private func topLevelDomain(_ start: Int) -> Int? {
    var end = text.end(of: start, while: EntityCharacters.isLetter)
    if end == start + 2, text.byte(end) == UInt8(ascii: "-"), text.byte(end + 1) == UInt8(ascii: "-"),
      text.bytes[start] | 0x20 == UInt8(ascii: "x"), text.bytes[start + 1] | 0x20 == UInt8(ascii: "n")
    {
      end = text.end(of: end + 2) { EntityCharacters.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
      return end > start + 4 ? end : nil
    }
    if end == start, !isStrict {
      while let next = text.character(at: end), next.value >= 0x80, text.roleInHashtag(next.value) == .letter {
        end += next.length
      }
      // A single letter is no domain.
      guard let first = text.character(at: start), end > start + first.length else { return nil }
    }
    guard end >= start + 2, !EntityCharacters.isDigit(text.byte(end)), text.byte(end) != UInt8(ascii: "@") else {
      return nil
    }
    return end
  }

  private func isLabel(_ character: UInt32) -> Bool {
    if let byte = EntityCharacters.ascii(character) { return EntityCharacters.isAlphanumeric(byte) }
    if isStrict { return EntityCharacters.isAccented(character) }
    switch character {
    case UTF8Decoding.invalid: return false
    // Arrows, dingbats and other symbols, and pictographs.
    case 0x2190...0x2BFF, 0x1F000...0x1FAFF: return true
    default: return text.roleInHashtag(character) != .none
    }
  }

  /// Whether a character may stand in a run about a host without a scheme.
  static func isStrictHost(_ character: UInt32) -> Bool {
    guard let byte = EntityCharacters.ascii(character) else {
      return character != UTF8Decoding.invalid && EntityCharacters.isAccented(character)
    }
    return EntityCharacters.isAccount(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }
}
