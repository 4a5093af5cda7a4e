/// Entries that were acknowledged and are gone, or a segment that is not whole though none is.
public struct LogDamage: Equatable, Sendable, CustomStringConvertible {
  /// The segment's file as it was found.
  public var path: String
  /// Where in the file; the entries may be anywhere from there on.
  public var offset: Int
  /// Sequence of the first entry that is lost.
  public var firstLost: UInt64
  /// How many are; 0: only the segment's header is broken.
  public var count: UInt64

  /// One sentence without its full stop.
  public var description: String {
    switch count {
    case 0: "\(path) is damaged at byte \(offset); no entry is lost"
    case 1: "\(path) is damaged at byte \(offset); entry \(firstLost) is lost"
    default: "\(path) is damaged at byte \(offset); entries \(firstLost) to \(firstLost + count - 1) are lost"
    }
  }
}
