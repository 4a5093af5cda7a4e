/// Reads URLs: hosts, and the port, path and query behind them.
struct URLReader {
  /// A longer identifier makes a link of t.co no link.
  private static let longestShortLink = 40

  let text: EntityText

  /// The URL whose `://` begins at `colon`, if `http` or `https` stands before it, at `floor` or behind it.
  /// - Complexity: O(bytes of the URL and of the characters behind it that it might have had).
  func urlWithScheme(colon: Int, floor: Int) -> TweetEntity? {
    guard let start = schemeStart(colon), start >= floor, mayPrecedeURL(start) else { return nil }
    let hostStart = colon + 3
    let host = HostReader(text: text, start: hostStart, isStrict: false).host()
    guard let host, let end = tail(of: hostStart..<host.end) else { return nil }
    return TweetEntity(kind: .url, range: start..<end, name: hostStart..<host.end)
  }

  /// The URL about the dot at `dot`, the first of its run, and where the run ends, which is behind the dot. It begins
  /// with the run, at `floor` or behind it.
  func urlWithoutScheme(dot: Int, floor: Int) -> (url: TweetEntity?, runEnd: Int) {
    var start = dot
    while start > floor, let before = text.character(before: start), HostReader.isStrictHost(before.value),
      start - before.length >= floor
    {
      start -= before.length
    }
    var runEnd = dot + 1
    while let next = text.character(at: runEnd), HostReader.isStrictHost(next.value) { runEnd += next.length }
    guard mayPrecedeURL(start), !isJoined(start),
      let host = HostReader(text: text, start: start, isStrict: true).host(),
      let end = tail(of: start..<host.end)
    else { return (nil, runEnd) }
    // A dot before a country's code is mostly a missing space.
    if host.isShort, text.byte(host.end) != UInt8(ascii: "/") { return (nil, runEnd) }
    return (TweetEntity(kind: .url, range: start..<end, name: start..<host.end), runEnd)
  }

  private func schemeStart(_ colon: Int) -> Int? {
    for length in [4, 5] where colon >= length {
      let start = colon - length
      let scheme: StaticString = length == 4 ? "http" : "https"
      if (0..<length).allSatisfy({ text.bytes[start + $0] | 0x20 == scheme.utf8Start[$0] }) { return start }
    }
    return nil
  }

  private func mayPrecedeURL(_ start: Int) -> Bool {
    guard let before = text.character(before: start)?.value else { return true }
    guard let byte = EntityCharacters.ascii(before) else {
      return before != EntityCharacters.fullWidthAt && before != EntityCharacters.fullWidthHash
        && !EntityCharacters.isUnsound(before)
    }
    return byte != UInt8(ascii: "@") && byte != UInt8(ascii: "$") && byte != UInt8(ascii: "#")
      && !EntityCharacters.isAlphanumeric(byte)
  }

  /// Whether what stands before a host makes it a part of something else.
  private func isJoined(_ start: Int) -> Bool {
    guard start > 0 else { return false }
    switch text.bytes[start - 1] {
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"): return true
    default: return false
    }
  }

  /// Where the URL with this host ends; nil if it is none.
  private func tail(of host: Range<Int>) -> Int? {
    var end = host.upperBound
    if text.byte(end) == UInt8(ascii: ":") {
      let portEnd = text.end(of: end + 1, while: EntityCharacters.isDigit)
      if portEnd > end + 1 { end = portEnd }
    }
    if text.byte(end) == UInt8(ascii: "/") {
      if isShortener(host) {
        let linkEnd = text.end(of: end + 1, while: EntityCharacters.isAlphanumeric)
        if linkEnd > end + 1 { return linkEnd - end - 1 <= Self.longestShortLink ? linkEnd : nil }
      }
      end = pathEnd(end + 1)
    }
    if text.byte(end) == UInt8(ascii: "?") { end = queryEnd(end) }
    return end
  }

  private func isShortener(_ host: Range<Int>) -> Bool {
    let name: StaticString = "t.co"
    return host.count == 4 && (0..<4).allSatisfy { text.bytes[host.lowerBound + $0] | 0x20 == name.utf8Start[$0] }
  }

  /// Where a path ends whose first slash stands before `start`: behind the last character that may end it, or the last
  /// parenthesis that is closed.
  private func pathEnd(_ start: Int) -> Int {
    var (place, end) = (start, start)
    while let next = text.character(at: place) {
      if next.value == UInt32(UInt8(ascii: "(")) {
        guard let closed = parenthesisEnd(place, depth: 1) else { break }
        (place, end) = (closed, closed)
      } else if next.value != UTF8Decoding.invalid, EntityCharacters.isPath(next.value) {
        place += next.length
        if EntityCharacters.endsPath(next.value) { end = place }
      } else {
        break
      }
    }
    return end
  }

  /// Where the parenthesis that opens at `open` is closed: behind some characters of a path, with another such
  /// parenthesis among them at most.
  private func parenthesisEnd(_ open: Int, depth: Int) -> Int? {
    var place = open + 1
    var hasInner = false
    while let next = text.character(at: place) {
      if next.value == UInt32(UInt8(ascii: ")")) { return place > open + 1 ? place + 1 : nil }
      if next.value == UInt32(UInt8(ascii: "(")) {
        guard depth == 1, !hasInner, let closed = parenthesisEnd(place, depth: 2) else { return nil }
        hasInner = true
        place = closed
      } else {
        guard EntityCharacters.isPath(next.value) else { return nil }
        place += next.length
      }
    }
    return nil
  }

  /// Where the query that begins at a question mark ends; there if it has no character that may end it.
  private func queryEnd(_ start: Int) -> Int {
    var end = start
    var place = start + 1
    while place < text.count, text.bytes[place] < 0x80, EntityCharacters.isQuery(text.bytes[place]) {
      place += 1
      if EntityCharacters.endsQuery(text.bytes[place - 1]) { end = place }
    }
    return end
  }
}
