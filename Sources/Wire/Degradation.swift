/// What was left out of a ranking to keep the budget.
public struct Degradation: Equatable, Sendable {
  /// 0: nothing.
  public var level: UInt32
  /// Bit s set: signal s of ``RankContext/signalNames`` was skipped. Bits past the last signal are ignored.
  public var skippedSignals: UInt64

  /// A degradation.
  public init(level: UInt32, skippedSignals: UInt64) {
    self.level = level
    self.skippedSignals = skippedSignals
  }

  /// Nothing was left out.
  public static let none = Degradation(level: 0, skippedSignals: 0)
}
