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

  init(_ payload: UnsafeRawBufferPointer) {
    var cursor = FieldCursor(payload)
    for _ in 0..<Self.fieldLimit {
      guard let field = cursor.next() else { return }
      switch field.content {
      case .varint(let value) where field.number == 1: callID = value
      case .bytes where field.number == 2 || field.number == 31: looksLikeReply = true
      default: break
      }
    }
  }
}
