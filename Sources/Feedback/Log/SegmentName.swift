/// `log-<first sequence, 20 digits>.segment`, and what is put behind that.
struct SegmentName: Equatable {
  /// Behind the name of a segment that is not whole: it is only read any more.
  static let damaged = ".damaged"
  /// Behind the name of one that is being made; left by a start that did not finish, and void.
  static let unfinished = ".new"
  private static let head = "log-"
  private static let tail = ".segment"
  private static let digits = 20

  /// Sequence of the first record.
  var first: UInt64
  var isDamaged = false

  /// The file's name.
  var text: String {
    let number = String(first)
    return Self.head + String(repeating: "0", count: Self.digits - number.count) + number + Self.tail
      + (isDamaged ? Self.damaged : "")
  }

  init(first: UInt64, isDamaged: Bool = false) {
    self.first = first
    self.isDamaged = isDamaged
  }

  /// The name of a segment; nil for other files' names.
  init?(_ text: String) {
    guard text.hasPrefix(Self.head), let first = UInt64(text.dropFirst(Self.head.count).prefix(Self.digits)) else {
      return nil
    }
    self.init(first: first, isDamaged: text.hasSuffix(Self.damaged))
    guard first > 0, first <= LogRecord.lastSequence, text == self.text else { return nil }
  }

  /// Whether this is the name of a segment that was never finished.
  static func isUnfinished(_ text: String) -> Bool {
    text.hasSuffix(unfinished) && SegmentName(String(text.dropLast(unfinished.count))) != nil
  }
}
