/// What is read of a client's first call before it has shown a token.
///
/// A walk over the bytes, and nothing more: what strangers send reaches neither the decoder nor its arena.
/// - Complexity: O(bytes), which ``Limits/unauthenticatedFrameBytes`` bounds.
public struct FirstCall {
  /// Numbers of the methods in `Call`; of several in one message the last counts.
  private static let methods: ClosedRange<UInt64> = 16...30
  private static let authenticate: UInt64 = 25

  /// The id that the call claims; 0 where there is none.
  public private(set) var callID: UInt64 = 0
  /// The token of a well-formed Authenticate call, maybe empty; nil where the call is something else.
  public private(set) var token: UnsafeRawBufferPointer?

  /// Reads a payload; the token is a part of it.
  public init(_ payload: UnsafeRawBufferPointer) {
    var cursor = FieldCursor(payload)
    while let field = cursor.next() {
      switch field.content {
      case .varint(let value) where field.number == 1: callID = value
      case .bytes(let request) where field.number == Self.authenticate: token = Self.token(of: request)
      case .bytes where Self.methods.contains(field.number): token = nil
      default: break
      }
    }
    if !cursor.isAtEnd { token = nil }
  }

  private static func token(of request: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var token = UnsafeRawBufferPointer(start: nil, count: 0)
    var cursor = FieldCursor(request)
    while let field = cursor.next() {
      if case .bytes(let value) = field.content, field.number == 1 { token = value }
    }
    return cursor.isAtEnd ? token : nil
  }
}
