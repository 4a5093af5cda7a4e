import Ranking

@testable import Feedback

/// Small random numbers from a seed (splitmix64).
struct SmallRandom: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// Rankings over some days, and all kinds of events about them, in no particular order.
struct FoldWorld {
  static let start: Int64 = 1_700_000_000
  var entries: [LogEntry] = []
  private var random: SmallRandom

  init(seed: UInt64, rankings: Int = 40, days: Int = 3) {
    random = SmallRandom(seed)
    for number in 0..<rankings {
      let ranking = makeRanking(number: number, days: days)
      entries.append(.ranking(ranking))
      if number % 5 == 0 { entries.append(.ranking(ranking)) }
      for _ in 0..<random.below(12) { addEvents(about: ranking) }
    }
    for _ in 0..<20 { addEventsWithoutRanking(days: days) }
    for _ in 0..<4 { addRewards() }
    entries.shuffle(using: &random)
  }

  private mutating func makeRanking(number: Int, days: Int) -> LoggedRanking {
    let tweets = (1...25).shuffled(using: &random).prefix(8)
    let features = Self.features(ofEach: [0, 1, 8, 8, 12][number % 5], using: &random)
    return LoggedRanking(
      requestID: UInt64(number + 1) &* 0x1_0000_0001, userID: UInt64(random.below(15)),
      timestampSeconds: Self.start + Int64(random.below(days * 86_400)), policyVersion: "p", modelVersion: "m",
      items: tweets.map { .init(tweetID: UInt64($0), propensity: 0.5, score: 0) }, features: features)
  }

  /// Of eight items; of those with eight features, the first is 1.
  private static func features(ofEach width: Int, using random: inout SmallRandom) -> [Int16] {
    (0..<8 * width).map { width == 8 && $0 % 8 == 0 ? 256 : Int16(random.below(1_500)) - 750 }
  }

  private mutating func addEvents(about ranking: LoggedRanking) {
    var event = FeedbackEvent(
      userID: ranking.userID, tweetID: ranking.items[random.below(8)].tweetID, type: UInt32(1 + random.below(9)),
      timestampSeconds: ranking.timestampSeconds + Int64(random.below(20_000)) - 100, requestID: ranking.requestID)
    switch random.below(10) {
    case 0: event.userID += 1
    case 1: event.tweetID += 100
    case 2: event.timestampSeconds += 86_400
    default: break
    }
    entries.append(.event(event, isUnmatched: false))
    for _ in 0..<random.below(3) {
      // A copy, some of which say another time.
      if random.below(2) == 0 { event.timestampSeconds += Int64(random.below(9_000)) - 4_500 }
      entries.append(.event(event, isUnmatched: random.below(2) == 0))
    }
  }

  private mutating func addEventsWithoutRanking(days: Int) {
    let event = FeedbackEvent(
      userID: UInt64(random.below(15)), tweetID: UInt64(random.below(30)), type: UInt32(random.below(10)),
      timestampSeconds: Self.start + Int64(random.below(days * 86_400)),
      requestID: random.below(4) == 0 ? 0xBAD0 + UInt64(random.below(3)) : 0)
    entries.append(.event(event, isUnmatched: true))
  }

  private mutating func addRewards() {
    var weights = RewardWeights()
    try? weights.set(.like, to: Double(random.below(20)) - 10)
    weights.setAtSeconds = Int64(1 + random.below(3))
    entries.append(.rewards(weights))
  }

  /// Limits at which most of the world has no room; nothing is forgotten that events still wait for.
  static var tight: FoldLimits {
    var limits = FoldLimits()
    limits.armDays = 30
    limits.trends = 9
    limits.users = 6
    limits.engagedPerUser = 3
    limits.impressionsPerUser = 4
    return limits
  }
}

/// A state that has folded these.
func folded(_ entries: some Sequence<LogEntry>, limits: FoldLimits = FoldLimits()) -> FoldedState {
  let state = FoldedState(limits: limits)
  for entry in entries { state.apply(entry) }
  return state
}
