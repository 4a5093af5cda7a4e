/// How much of a log is kept although a snapshot holds all that it says: for export, evaluation, and who folds it anew.
public struct LogRetention: Equatable, Sendable {
  /// Bytes that the segments may have together.
  public var bytes: Int
  /// How long after its last entry a segment is kept, in seconds; nil: as long as there is room.
  public var seconds: Int64?

  /// By default 8 GiB.
  public init(bytes: Int = 8 << 30, seconds: Int64? = nil) {
    self.bytes = bytes
    self.seconds = seconds
  }

  /// Nothing is kept that is not needed.
  public static let none = LogRetention(bytes: 0)
}
