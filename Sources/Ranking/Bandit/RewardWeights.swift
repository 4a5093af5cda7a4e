/// What an event of each type adds to a tweet's reward sum; settable while serving.
public struct RewardWeights: Equatable, Sendable {
  /// Weights outside are refused.
  public static let range: ClosedRange<Double> = -10...10

  /// By raw value of ``EventType``, impressions included (0: an impression is a trial, not a reward).
  public private(set) var values: [Double]
  /// When they were set, in Unix seconds; 0: the defaults. Of two settings the later counts.
  public var setAtSeconds: Int64

  /// The defaults: those of ``EventType/reward``.
  public init() {
    values = .init(repeating: 0, count: Int(EventType.allCases.map(\.rawValue).max() ?? 0) + 1)
    setAtSeconds = 0
    for type in EventType.allCases { values[Int(type.rawValue)] = type.reward }
  }

  /// The weight of a type.
  public subscript(type: EventType) -> Double { values[Int(type.rawValue)] }

  /// Sets a weight; throws for one out of range, or not a number, or an impression's.
  public mutating func set(_ type: EventType, to weight: Double) throws(BanditError) {
    guard type != .impression else {
      throw .badParameter(name: "reward of impression", value: weight, reason: "an impression is a trial, not a reward")
    }
    guard Self.range.contains(weight) else {
      throw .badParameter(name: "reward of \(type)", value: weight, reason: "not in -10 to 10")
    }
    values[Int(type.rawValue)] = weight
  }

  /// Of two settings the later counts; of two at the same time that with the greater values, compared in order.
  public func isReplaced(by new: RewardWeights) -> Bool {
    new.setAtSeconds == setAtSeconds
      ? values.lexicographicallyPrecedes(new.values) : new.setAtSeconds > setAtSeconds
  }
}
