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
    try Self.check(type, weight)
    values[Int(type.rawValue)] = weight
  }

  /// Makes a change at `seconds`, in Unix time, or a second after the last one, whichever is later: of two settings
  /// within a second the second must count.
  public mutating func apply(_ change: RewardChange, atSeconds seconds: Int64) {
    for (type, weight) in change.weights { values[Int(type.rawValue)] = weight }
    setAtSeconds = max(seconds, setAtSeconds == .max ? .max : setAtSeconds + 1)
  }

  static func check(_ type: EventType, _ weight: Double) throws(BanditError) {
    guard type != .impression else {
      throw .badParameter(name: "reward of impression", value: weight, reason: "an impression is a trial, not a reward")
    }
    guard range.contains(weight) else {
      throw .badParameter(name: "reward of \(type)", value: weight, reason: "not in -10 to 10")
    }
  }

  /// Of two settings the later counts; of two at the same time that with the greater values, compared in order.
  public func isReplaced(by new: RewardWeights) -> Bool {
    new.setAtSeconds == setAtSeconds
      ? values.lexicographicallyPrecedes(new.values) : new.setAtSeconds > setAtSeconds
  }
}
