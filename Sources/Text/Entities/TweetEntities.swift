/// The hashtags, cashtags, mentions and URLs of a text by the rules of twitter-text, in the order of the text.
///
/// Differences, all on purpose: without a scheme a URL needs a top-level domain of ``TopLevelDomains``, with one any will
/// do; a host has letters, digits, marks and symbols, but no punctuation of other scripts; a URL may be of any length.
///
/// The text is any bytes. Invalid UTF-8 belongs to no entity and stands between two as a comma does. A character is
/// judged by the Unicode Character Database 14.0.0.
/// - Complexity: O(bytes) for the whole text. No allocation.
package struct TweetEntities: Sequence, IteratorProtocol {
  private var scan: EntityScan?
  /// Keeps the table, whose references the scan does not count.
  private let table = CharacterTable.unicode14

  /// The entities of `text`, whose memory must outlive them.
  package init(of text: UnsafeRawBufferPointer) {
    guard let start = text.baseAddress else { return }
    scan = EntityScan(
      EntityText(bytes: start.assumingMemoryBound(to: UInt8.self), count: text.count, table: .passUnretained(table)))
  }

  package mutating func next() -> TweetEntity? { scan?.next() }

  /// Calls `body` with the kind and the name of each entity, in lower case as Python's `str.lower()` has it; the bytes
  /// are valid during the call.
  /// - Complexity: O(bytes). At most one allocation, for a text of more than some hundred bytes.
  package static func forEach(
    in text: UnsafeRawBufferPointer, _ body: (TweetEntity.Kind, UnsafeRawBufferPointer) -> Void
  ) {
    var entities = TweetEntities(of: text)
    guard var entity = entities.next() else { return }
    withUnsafeTemporaryAllocation(byteCount: LowercaseName.room(for: text.count), alignment: 1) { room in
      guard let start = room.baseAddress else { return }
      let name = LowercaseName(room: start.assumingMemoryBound(to: UInt8.self))
      while true {
        let count = name.put(text, entity.name)
        body(entity.kind, UnsafeRawBufferPointer(rebasing: room[..<count]))
        guard let next = entities.next() else { return }
        entity = next
      }
    }
  }
}
