import Ranking

/// Names of event types, also of those of later versions.
enum EventNames {
  /// The type as `apus record` calls it, else its number on the wire.
  static func name(of type: UInt32) -> String { EventType(rawValue: type).map { "\($0)" } ?? "type \(type)" }
}
