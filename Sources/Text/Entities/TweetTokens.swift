/// Cuts a text into its entities and the words between them.
///
/// A hashtag, cashtag or mention is one token, lowercased, its sign before it as `#`, `$` or `@`; the list behind a
/// mention is left out. A URL is its host without `www.`: where a link leads says something, what is behind the host is
/// met nowhere else. None of these is ever a word, since words hold no sign and no dot.
enum TweetTokens {
  /// Calls `body` with the UTF-8 bytes of each token, in the order of the text; they are valid during the call.
  /// - Complexity: O(bytes). At most one allocation, for a text of more than some hundred bytes.
  static func forEach(
    in text: UnsafeRawBufferPointer, words: inout Tokenizer, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 + LowercaseName.room(for: text.count)) { room in
      guard let start = room.baseAddress else { return }
      let name = LowercaseName(room: start + 1)
      var end = 0
      for entity in TweetEntities(of: text) {
        words.forEachTerm(UnsafeRawBufferPointer(rebasing: text[end..<entity.range.lowerBound]), body)
        let count = name.put(text, entity.name)
        if let sign = sign(of: entity.kind) {
          room[0] = sign
          body(UnsafeBufferPointer(rebasing: room[..<(1 + count)]))
        } else {
          body(withoutSubdomain(UnsafeBufferPointer(rebasing: room[1..<(1 + count)])))
        }
        end = entity.range.upperBound
      }
      words.forEachTerm(UnsafeRawBufferPointer(rebasing: text[end...]), body)
    }
  }

  private static func sign(of kind: TweetEntity.Kind) -> UInt8? {
    switch kind {
    case .hashtag: UInt8(ascii: "#")
    case .cashtag: UInt8(ascii: "$")
    case .mention: UInt8(ascii: "@")
    case .url: nil
    }
  }

  /// A host without `www.`, if a dot is left.
  private static func withoutSubdomain(_ host: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    let prefix: StaticString = "www."
    guard host.count > 4, (0..<4).allSatisfy({ host[$0] == prefix.utf8Start[$0] }),
      host[4...].contains(UInt8(ascii: "."))
    else { return host }
    return UnsafeBufferPointer(rebasing: host[4...])
  }
}
