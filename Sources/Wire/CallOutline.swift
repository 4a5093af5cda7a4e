/// What can be told of a call before its turn, without decoding it: whom to answer, by when, how much it matters, and how
/// much there is to do. Reads no more than ``fieldLimit`` fields of the message and as many of its request; writes
/// nothing.
///
/// It decides who waits and who is refused, and nothing else: what the call asks, the decoder says.
public struct CallOutline: Equatable, Sendable {
  /// What is asked for, as far as it matters to waiting.
  public enum Method: Int, CaseIterable, Sendable {
    case rank, recommend, similar, top, record
    /// Describe, SetRewards and whatever else is asked by who looks after the server; also what is not known.
    case other
  }

  /// Fields looked at, of the call and of its request; a real call has no more than a handful beside new tweets.
  public static let fieldLimit = CallScan.fieldLimit

  /// The last varint of field 1; 0 where there is none.
  public private(set) var callID: UInt64 = 0
  /// The budget as asked for; nil where the call names none.
  public private(set) var budgetMillis: UInt32?
  /// How much the call matters.
  public private(set) var criticality = Criticality.ordinary
  /// What is asked for.
  public private(set) var method = Method.other
  /// Candidates of Rank, events of RecordEvents.
  public private(set) var items = 0
  /// Bytes of new tweets, their few other fields included.
  public private(set) var textBytes = 0
  /// Whether the message could be walked over to its end.
  public private(set) var isComplete: Bool

  /// Looks at a call's payload; any bytes. O(fields), bounded.
  public init(_ payload: UnsafeRawBufferPointer) {
    var cursor = FieldCursor(payload)
    isComplete = false
    for _ in 0..<Self.fieldLimit {
      guard let field = cursor.next() else { break }
      note(field)
    }
    isComplete = cursor.isAtEnd
  }

  private mutating func note(_ field: FieldCursor.Field) {
    switch (field.number, field.content) {
    case (1, .varint(let value)): callID = value
    case (2, .varint(let value)): budgetMillis = UInt32(truncatingIfNeeded: value)
    case (3, .varint(let value)): criticality = Criticality(rawValue: UInt32(truncatingIfNeeded: value))
    case (16, .bytes(let request)): begin(.rank, request)
    case (17, .bytes): begin(.recommend)
    case (18, .bytes): begin(.similar)
    case (19, .bytes): begin(.top)
    case (20, .bytes(let request)): begin(.record, request)
    case (21..<32, .bytes): begin(.other)
    default: break
    }
  }

  private mutating func begin(_ method: Method) {
    // Of several methods the last counts.
    (self.method, items, textBytes) = (method, 0, 0)
  }

  private mutating func begin(_ method: Method, _ request: UnsafeRawBufferPointer) {
    begin(method)
    var cursor = FieldCursor(request)
    let ids: UInt64 = method == .rank ? 2 : 1
    for _ in 0..<Self.fieldLimit {
      guard let field = cursor.next() else { return }
      guard case .bytes(let bytes) = field.content else { continue }
      if field.number == ids { items += bytes.count / 8 }
      if method == .rank, field.number == 5 {
        items += 1
        textBytes += bytes.count
      }
    }
    // More new tweets than are counted one by one: the rest are taken to be like them.
    let rest = cursor.bytesLeft
    guard textBytes > 0, rest > 0 else { return }
    items += min(rest / 2, rest * Self.fieldLimit / textBytes)
    textBytes += rest
  }
}
