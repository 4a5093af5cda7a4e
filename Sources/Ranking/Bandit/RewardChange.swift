/// New weights for some event types; what it holds may be set (``RewardWeights/range``).
public struct RewardChange: Equatable, Sendable {
  /// By type; those that are not there keep what they have.
  public private(set) var weights: [EventType: Double] = [:]

  /// Changes nothing.
  public init() {}

  /// Whether nothing is changed.
  public var isEmpty: Bool { weights.isEmpty }

  /// Adds a type; throws for a weight that ``RewardWeights`` refuses, and for a type that was added before.
  public mutating func set(_ type: EventType, to weight: Double) throws(BanditError) {
    try RewardWeights.check(type, weight)
    guard weights.updateValue(weight, forKey: type) == nil else {
      throw .badParameter(name: "reward of \(type)", value: weight, reason: "the type is named twice")
    }
  }
}
