import Ranking

/// The rankings that feedback has named, what they showed, and what of it has been counted.
struct KnownRankings {
  /// An item that was shown.
  struct Item {
    let tweet: UInt64
    /// Bit t − 1: the event of type t on it was counted.
    var counted: UInt8 = 0
  }

  /// A ranking.
  struct Record {
    let userID: UInt64
    /// Unix seconds.
    let time: UInt32
    /// Features an item.
    let width: UInt8
    var items: ContiguousArray<Item>
    /// What the policy looked at of each item, one after the other (``LoggedRanking/features``).
    let features: [Int16]
  }

  /// How an event relates to the ranking it names.
  enum Match: Equatable {
    case unknownRanking
    /// The ranking is another user's, or did not show the tweet.
    case notShown
    /// So long after the ranking that it is not taken for its consequence.
    case late
    /// Number of the item, when it was shown, which events on it were counted, and its features.
    case shown(item: Int, at: UInt32, counted: UInt8, features: ArraySlice<Int16>)
  }

  /// By request id.
  private var records = GradualTable<UInt64, Record>()
  /// The same by time.
  private var order = OldestFirst<TimedID>()
  private var itemCount = 0
  /// Nothing that is not above is kept; nil: nothing was dropped yet.
  private(set) var floor: TimedID?
  private let limits: FoldLimits

  init(limits: FoldLimits) { self.limits = limits }

  /// Rankings.
  var count: Int { records.count }

  /// All by request id, in no particular order.
  var elements: some Sequence<(key: UInt64, value: Record)> { records.elements }

  /// Adds a ranking; false where it is known already, or too old. Its features are kept if each item has the same number of
  /// them, and not too many.
  mutating func add(
    requestID: UInt64, userID: UInt64, time: UInt32, tweetIDs: some Collection<UInt64>,
    features: some Collection<Int16>
  ) -> Bool {
    guard requestID != 0 else { return false }
    if let floor, TimedID(time: time, id: requestID) <= floor { return false }
    let width = width(of: features.count, items: tweetIDs.count)
    let isNew = records.change(
      requestID,
      default: Record(
        userID: userID, time: time, width: width, items: ContiguousArray(tweetIDs.map { Item(tweet: $0) }),
        features: width > 0 ? Array(features) : []), { _ in })
    guard isNew else { return false }
    order.add(TimedID(time: time, id: requestID))
    itemCount += tweetIDs.count
    return true
  }

  /// How many features each item has of `count`; 0: none that are kept.
  private func width(of count: Int, items: Int) -> UInt8 {
    guard items > 0, count % items == 0, count / items <= min(limits.featuresPerItem, 255) else { return 0 }
    return UInt8(count / items)
  }

  /// Whether the ranking is known.
  func has(_ requestID: UInt64) -> Bool { records[requestID] != nil }

  /// How the event relates to the ranking it names.
  func match(_ event: FeedbackEvent) -> Match {
    guard let record = records[event.requestID] else { return .unknownRanking }
    guard record.userID == event.userID, let item = record.items.firstIndex(where: { $0.tweet == event.tweetID }) else {
      return .notShown
    }
    let time = UInt32(clamping: event.timestampSeconds)
    if time > record.time, time - record.time > limits.attributionSeconds { return .late }
    let width = Int(record.width)
    return .shown(
      item: item, at: record.time, counted: record.items[item].counted,
      features: record.features[item * width..<(item + 1) * width])
  }

  /// The bit of a type.
  static func bit(_ type: EventType) -> UInt8 { 1 << UInt8(type.rawValue - 1) }

  /// Marks an event on an item of a ranking as counted.
  mutating func mark(_ requestID: UInt64, item: Int, _ type: EventType) {
    records.update(requestID) { $0.items[item].counted |= Self.bit(type) }
  }

  /// Drops what is too old to have room; `body` gets the key of each counted engagement of a dropped ranking.
  mutating func makeRoom(_ body: (_ key: UInt64) -> Void) {
    while records.count > limits.rankings || itemCount > limits.rankedItems, let oldest = order.removeOldest() {
      floor = oldest
      guard let gone = records.remove(oldest.id) else { continue }
      itemCount -= gone.items.count
      for item in gone.items where item.counted != 0 {
        for type in EventType.allCases where type.isEngagement && item.counted & Self.bit(type) != 0 {
          body(
            FeedbackEvent.key(
              requestID: oldest.id, userID: gone.userID, tweetID: item.tweet, type: type.rawValue))
        }
      }
    }
  }

  /// Takes over which events of a ranking that was just added were counted.
  mutating func restore(_ requestID: UInt64, counted bits: some Collection<UInt8>) {
    records.update(requestID) { for (place, bits) in bits.enumerated() { $0.items[place].counted = bits } }
  }

  mutating func restore(floor: TimedID?) { self.floor = floor }

  /// The same rankings, for another thread: without the order, which is needed only where more come.
  func copy() -> KnownRankings {
    var copy = self
    copy.order = OldestFirst()
    return copy
  }
}
