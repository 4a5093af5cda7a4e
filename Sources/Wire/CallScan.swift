/// What can be read of a Call without decoding it: its top-level tags, up to the first that does not parse.
///
/// Run on messages that were refused, so that the refusal can name the call and say what came instead.
/// - Complexity: O(fields), at most ``fieldLimit``.
struct CallScan {
  /// Fields looked at; a real Call has no more than a handful.
  static let fieldLimit = 1_024

  /// The last varint of field 1, as protobuf's rules for repeated scalars have it; 0 where there is none.
  private(set) var callID: UInt64 = 0
  /// Whether a field has the number and wire type of a Reply's own: `status` or `go_away`.
  private(set) var looksLikeReply = false

  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ payload: UnsafeRawBufferPointer) {
    bytes = payload
    for _ in 0..<Self.fieldLimit where position < bytes.count {
      guard scanField() else { return }
    }
  }

  private mutating func scanField() -> Bool {
    guard let tag = varint() else { return false }
    let field = tag >> 3
    switch tag & 7 {
    case 0:
      guard let value = varint() else { return false }
      if field == 1 { callID = value }
      return true
    case 1: return skip(8)
    case 2:
      guard let length = varint() else { return false }
      if field == 2 || field == 31 { looksLikeReply = true }
      return skip(length)
    case 5: return skip(4)
    default: return false
    }
  }

  private mutating func skip(_ count: UInt64) -> Bool {
    guard count <= UInt64(bytes.count - position) else { return false }
    position += Int(count)
    return true
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.count else { return nil }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
