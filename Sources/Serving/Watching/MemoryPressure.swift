/// How near the process is to the end of its memory, and what is done about it. Each level does what those below it do.
enum MemoryPressure: Int, Comparable, CaseIterable, Sendable {
  /// Nothing is done.
  case calm
  /// What is only kept for later is kept small.
  case shrinking
  /// New connections are told to come back later.
  case refusingConnections
  /// Rankings are too; feedback is still taken.
  case refusingRankings

  static func < (left: MemoryPressure, right: MemoryPressure) -> Bool { left.rawValue < right.rawValue }

  /// Percent of the limit at which the level begins.
  var beginsAtPercent: UInt64 {
    switch self {
    case .calm: 0
    case .shrinking: 85
    case .refusingConnections: 92
    case .refusingRankings: 95
    }
  }

  /// Percentage points below its beginning at which a level ends: at the edge it would come and go.
  static let slackPercent: UInt64 = 2

  /// The level for so much of a limit in use, after the level before; without a limit all is calm.
  static func level(usedBytes: UInt64, limitBytes: UInt64, after before: MemoryPressure) -> MemoryPressure {
    guard limitBytes > 0 else { return .calm }
    let percent = Double(usedBytes) / Double(limitBytes) * 100
    return allCases.last { level in
      let slack = level <= before ? slackPercent : 0
      return percent >= Double(level.beginsAtPercent - min(slack, level.beginsAtPercent))
    } ?? .calm
  }
}
