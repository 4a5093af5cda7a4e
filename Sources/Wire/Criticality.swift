/// How much a call matters when not all can be served. Values of later versions pass as they are.
public struct Criticality: RawRepresentable, Equatable, Hashable, Sendable {
  /// The value on the wire.
  public let rawValue: UInt32

  /// Any value of the wire.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// An ordinary call.
  public static let ordinary = Criticality(rawValue: 0)
  /// Served even when others are not.
  public static let critical = Criticality(rawValue: 1)
  /// The first to be refused.
  public static let sheddable = Criticality(rawValue: 2)
}
