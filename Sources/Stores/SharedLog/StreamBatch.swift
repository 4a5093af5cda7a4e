/// One entry of the stream: entries of one node's log in a row.
struct StreamBatch {
  let id: StreamPlace.ID
  let node: UInt64
  /// The node's cursor before this batch: who has less has missed something.
  let after: UInt64
  /// Its last sequence.
  let last: UInt64
  /// A `LogSlice`'s.
  let bytes: [UInt8]

  /// What stands in a stream's entry, whatever it is.
  enum Found {
    case batch(StreamBatch)
    /// The mark at the beginning of a generation.
    case mark(StreamPlace.ID)
    /// Not of ours; the id is nil where there is not even one.
    case other(StreamPlace.ID?)

    var id: StreamPlace.ID? {
      switch self {
      case .batch(let batch): batch.id
      case .mark(let id): id
      case .other(let id): id
      }
    }
  }

  /// Looks at one element of what XREAD and XREVRANGE reply: `[id, [field, value, …]]`.
  static func find(in reply: RedisReply) -> Found {
    guard let pair = reply.asArray, pair.count == 2, let id = pair[0].asText.flatMap({ StreamPlace.ID($0) }) else {
      return .other(nil)
    }
    guard let words = pair[1].asArray, words.count % 2 == 0 else { return .other(id) }
    var fields: [String: [UInt8]] = [:]
    for index in stride(from: 0, to: words.count, by: 2) {
      if let name = words[index].asText, let value = words[index + 1].asBytes { fields[name] = value }
    }
    if fields["g"] != nil { return .mark(id) }
    func number(_ name: String, radix: Int = 10) -> UInt64? {
      fields[name].flatMap { UInt64(String(decoding: $0, as: UTF8.self), radix: radix) }
    }
    guard let node = number("n", radix: 16), let after = number("a"), let last = number("l"), let bytes = fields["b"]
    else { return .other(id) }
    return .batch(StreamBatch(id: id, node: node, after: after, last: last, bytes: bytes))
  }
}
