/// How much a call matters when not all can be served in time. Values of later versions pass as they are, and count as
/// ordinary.
public struct Criticality: RawRepresentable, Equatable, Hashable, Sendable {
  /// The value on the wire.
  public let rawValue: UInt32

  /// Any value of the wire.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// An ordinary call.
  public static let ordinary = Criticality(rawValue: 0)
  /// To be served before all others.
  public static let critical = Criticality(rawValue: 1)
  /// To be refused before all others.
  public static let sheddable = Criticality(rawValue: 2)
}
