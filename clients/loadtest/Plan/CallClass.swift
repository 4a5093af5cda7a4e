import ApusClient

/// How much a call matters; the raw value is the wire's.
enum CallClass: Int, Codable, Sendable, CaseIterable {
  case standard = 0
  case critical = 1
  case sheddable = 2

  init?(name: some StringProtocol) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// As options and reports write it.
  var name: String {
    switch self {
    case .standard: "default"
    case .critical: "critical"
    case .sheddable: "sheddable"
    }
  }

  var wire: apus_criticality { apus_criticality(rawValue: UInt32(rawValue)) }
}
