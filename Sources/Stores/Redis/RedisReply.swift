import CHiredis

/// What Redis answered to one command.
public enum RedisReply: Equatable, Sendable {
  /// Bytes as they were stored.
  case bytes([UInt8])
  /// A word such as `OK`.
  case status(String)
  case integer(Int64)
  /// No value.
  case null
  case array([RedisReply])
  /// An error within an array, of one command of a transaction for instance; a reply that is an error is a
  /// ``RedisError/server(_:)``.
  case error(RedisServerError)

  /// The bytes of a string or status; nil for anything else.
  public var asBytes: [UInt8]? {
    switch self {
    case .bytes(let bytes): bytes
    case .status(let word): Array(word.utf8)
    default: nil
    }
  }

  /// The text of a string or status; nil for anything else, and for bytes that are no UTF-8.
  public var asText: String? { asBytes.flatMap { String(validating: $0, as: UTF8.self) } }

  /// The elements of an array; nil for anything else.
  public var asArray: [RedisReply]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The number of an integer reply; nil for anything else.
  public var asInteger: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// A copy of hiredis's reply, whose nesting, elements and bytes hiredis and ``ReplyGuard`` have bounded.
  init(copying raw: UnsafePointer<redisReply>) {
    let reply = raw.pointee
    let text = UnsafeBufferPointer(start: reply.str, count: reply.str == nil ? 0 : reply.len)
    switch reply.type {
    case REDIS_REPLY_STRING:
      self = .bytes(Array(UnsafeRawBufferPointer(text)))
    case REDIS_REPLY_STATUS:
      self = .status(String(decoding: UnsafeRawBufferPointer(text), as: UTF8.self))
    case REDIS_REPLY_ERROR:
      self = .error(RedisServerError(line: UnsafeRawBufferPointer(text)))
    case REDIS_REPLY_INTEGER:
      self = .integer(reply.integer)
    case REDIS_REPLY_ARRAY:
      let elements = UnsafeBufferPointer(start: reply.element, count: reply.element == nil ? 0 : reply.elements)
      self = .array(elements.map { element in element.map { RedisReply(copying: $0) } ?? .null })
    default:
      self = .null
    }
  }
}
