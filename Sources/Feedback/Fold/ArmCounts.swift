import Ranking

/// How many events of each type there were, and what the ranker expected; counters stop at their largest value.
public struct ArmCounts: Equatable, Sendable {
  /// One per ``EventType``, by raw value − 1.
  static let width = EventType.allCases.count

  private var values: InlineArray<8, UInt32> = .init(repeating: 0)
  /// Engagements that the ranker expected of ``expectedTrials``, in ``ExpectedEngagements/scale``.
  var expectedUnits: Int64 = 0
  /// Of how many items that were shown it is known.
  var expectedTrials: UInt32 = 0

  /// None yet.
  public init() {}

  /// The count of a type.
  public internal(set) subscript(type: EventType) -> UInt32 {
    get { values[Int(type.rawValue) - 1] }
    set { values[Int(type.rawValue) - 1] = newValue }
  }

  /// Whether there was no event at all.
  public var isEmpty: Bool { EventType.allCases.allSatisfy { self[$0] == 0 } }

  /// One more item of which it is known how many engagements the ranker expected.
  mutating func expect(_ units: Int64) {
    guard expectedTrials < .max else { return }
    expectedTrials += 1
    expectedUnits &+= units
  }

  /// Adds the counts of other events.
  mutating func add(_ other: ArmCounts) {
    for type in EventType.allCases { self[type] = UInt32(clamping: UInt64(self[type]) + UInt64(other[type])) }
    expectedUnits &+= other.expectedUnits
    expectedTrials = UInt32(clamping: UInt64(expectedTrials) + UInt64(other.expectedTrials))
  }

  /// Takes back the counts of other events, as long as no counter has come to its largest value.
  mutating func remove(_ other: ArmCounts) {
    for type in EventType.allCases { self[type] = UInt32(clamping: Int64(self[type]) - Int64(other[type])) }
    expectedUnits &-= other.expectedUnits
    expectedTrials = UInt32(clamping: Int64(expectedTrials) - Int64(other.expectedTrials))
  }

  /// Events that are engagements.
  var engagements: UInt64 {
    EventType.allCases.reduce(0) { $0 + ($1.isEngagement ? UInt64(self[$1]) : 0) }
  }

  /// One more of a type.
  mutating func count(_ type: EventType) {
    if self[type] < .max { self[type] += 1 }
  }

  /// One less of a type.
  mutating func discount(_ type: EventType) {
    if self[type] > 0 { self[type] -= 1 }
  }

  /// How often the tweet was tried: impressions, or rewarded events where there are more of those, since events
  /// whose impression nobody recorded count too.
  public var trials: UInt32 {
    let rewarded = EventType.allCases.reduce(UInt64(0)) { $0 + ($1 == .impression ? 0 : UInt64(self[$1])) }
    return max(self[.impression], UInt32(clamping: rewarded))
  }

  /// Engagements that the ranker expected of a trial, on average; 0: not known.
  public var expectedPerTrial: Double {
    expectedTrials == 0 ? 0 : Double(expectedUnits) / ExpectedEngagements.scale / Double(expectedTrials)
  }

  /// What the events are worth; summed in the order of the types, so that equal counts give equal bits.
  public func reward(_ weights: RewardWeights) -> Double {
    EventType.allCases.reduce(0) { $0 + Double(self[$1]) * weights[$1] }
  }

  /// Whether all counts are equal.
  public static func == (a: ArmCounts, b: ArmCounts) -> Bool {
    a.expectedUnits == b.expectedUnits && a.expectedTrials == b.expectedTrials
      && EventType.allCases.allSatisfy { a[$0] == b[$0] }
  }
}
