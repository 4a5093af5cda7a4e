/// How much a call matters when not all can be served. Values of later versions pass as they are.
///
/// Reserved: it is decoded, and not yet used by this version, which treats all calls alike.
public struct Criticality: RawRepresentable, Equatable, Hashable, Sendable {
  /// The value on the wire.
  public let rawValue: UInt32

  /// Any value of the wire.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// An ordinary call.
  public static let ordinary = Criticality(rawValue: 0)
  /// To be served even when others are not.
  public static let critical = Criticality(rawValue: 1)
  /// To be refused first.
  public static let sheddable = Criticality(rawValue: 2)
}
