import Ranking

/// The rankings that feedback has named, what they showed, and what of it has been counted.
struct KnownRankings {
  /// A ranking without its items.
  struct Record {
    let requestID: UInt64
    let userID: UInt64
    /// Unix seconds.
    let time: UInt32
    /// Its items are `start..<start + count` of the columns.
    var start: Int32
    let count: Int32
    /// Its items' features begin there in theirs, so many an item.
    let featureStart: Int32
    let width: UInt8

    var timed: TimedID { TimedID(time: time, id: requestID) }
    /// Where its items' features are.
    var features: Range<Int> { Int(featureStart)..<Int(featureStart) + Int(count) * Int(width) }
  }

  /// How an event relates to the ranking it names.
  enum Match: Equatable {
    case unknownRanking
    /// The ranking is another user's, or did not show the tweet.
    case notShown
    /// So long after the ranking that it is not taken for its consequence.
    case late
    /// Item number of the columns, when it was shown, and where its features are.
    case shown(item: Int, at: UInt32, features: Range<Int>)
  }

  /// By request id: where in `records`.
  private var places: [UInt64: UInt32] = [:]
  private(set) var records: ContiguousArray<Record> = []
  private(set) var tweets: ContiguousArray<UInt64> = []
  /// Bit t − 1: the event of type t on this item was counted.
  private(set) var counted: ContiguousArray<UInt8> = []
  /// What the policy looked at of each item, rankings one after the other (``LoggedRanking/features``).
  private(set) var features: ContiguousArray<Int16> = []
  /// Nothing that is not above is kept; nil: nothing was dropped yet.
  private(set) var floor: TimedID?
  private let limits: FoldLimits

  init(limits: FoldLimits) { self.limits = limits }

  /// Adds a ranking; false where it is known already, or too old. Its features are kept if each item has the same number of
  /// them, and not too many.
  mutating func add(
    requestID: UInt64, userID: UInt64, time: UInt32, tweetIDs: some Collection<UInt64>,
    features new: some Collection<Int16>
  ) -> Bool {
    let room = Int(Int32.max) - max(tweets.count, features.count)
    let width = width(of: new.count, items: tweetIDs.count)
    guard requestID != 0, places[requestID] == nil, max(tweetIDs.count, new.count) <= room else { return false }
    if let floor, TimedID(time: time, id: requestID) <= floor { return false }
    places[requestID] = UInt32(records.count)
    records.append(
      Record(
        requestID: requestID, userID: userID, time: time, start: Int32(tweets.count), count: Int32(tweetIDs.count),
        featureStart: Int32(features.count), width: width))
    tweets.append(contentsOf: tweetIDs)
    if width > 0 { features.append(contentsOf: new) }
    counted.append(contentsOf: repeatElement(0, count: tweetIDs.count))
    return true
  }

  /// How many features each item has of `count`; 0: none that are kept.
  private func width(of count: Int, items: Int) -> UInt8 {
    guard items > 0, count % items == 0, count / items <= min(limits.featuresPerItem, 255) else { return 0 }
    return UInt8(count / items)
  }

  /// Whether the ranking is known.
  func has(_ requestID: UInt64) -> Bool { places[requestID] != nil }

  /// How the event relates to the ranking it names.
  func match(_ event: FeedbackEvent) -> Match {
    guard let place = places[event.requestID] else { return .unknownRanking }
    let record = records[Int(place)]
    guard record.userID == event.userID else { return .notShown }
    for item in Int(record.start)..<Int(record.start + record.count) where tweets[item] == event.tweetID {
      let time = UInt32(clamping: event.timestampSeconds)
      let isLate = time > record.time && time - record.time > limits.attributionSeconds
      let start = Int(record.featureStart) + (item - Int(record.start)) * Int(record.width)
      return isLate ? .late : .shown(item: item, at: record.time, features: start..<start + Int(record.width))
    }
    return .notShown
  }

  private static func bit(_ type: EventType) -> UInt8 { 1 << UInt8(type.rawValue - 1) }

  /// Whether an event of the type on the item was counted.
  func isCounted(item: Int, _ type: EventType) -> Bool { counted[item] & Self.bit(type) != 0 }

  /// Whether no event on the item was counted yet.
  func isUncounted(item: Int) -> Bool { counted[item] == 0 }

  /// Marks an event as counted; false where it was.
  mutating func mark(item: Int, _ type: EventType) -> Bool {
    if isCounted(item: item, type) { return false }
    counted[item] |= Self.bit(type)
    return true
  }

  /// Whether there are so many over a limit that room should be made.
  var isCrowded: Bool {
    records.count > FoldLimits.slack(limits.rankings) || tweets.count > FoldLimits.slack(limits.rankedItems)
  }

  /// Drops what is too old to have room; `body` gets the key of each counted engagement of a dropped ranking.
  mutating func trim(_ body: (_ key: UInt64) -> Void) {
    guard let cut = cut() else { return }
    floor = cut
    let (oldRecords, oldTweets, oldCounted, oldFeatures) = (records, tweets, counted, features)
    places.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
    tweets.removeAll(keepingCapacity: true)
    counted.removeAll(keepingCapacity: true)
    features.removeAll(keepingCapacity: true)
    for record in oldRecords {
      let items = Int(record.start)..<Int(record.start + record.count)
      if record.timed > cut {
        _ = add(
          requestID: record.requestID, userID: record.userID, time: record.time, tweetIDs: oldTweets[items],
          features: oldFeatures[record.features])
        counted.replaceSubrange((counted.count - items.count)..., with: oldCounted[items])
      } else {
        for item in items {
          for type in EventType.allCases where type.isEngagement && oldCounted[item] & Self.bit(type) != 0 {
            body(
              FeedbackEvent.key(
                requestID: record.requestID, userID: record.userID, tweetID: oldTweets[item], type: type.rawValue))
          }
        }
      }
    }
  }

  /// The newest ranking that must go: with it, there would be too many, or too many items.
  private func cut() -> TimedID? {
    guard records.count > limits.rankings || tweets.count > limits.rankedItems else { return nil }
    var (rankings, items) = (0, 0)
    for record in records.sorted(by: { $0.timed > $1.timed }) {
      rankings += 1
      items += Int(record.count)
      if rankings > limits.rankings || items > limits.rankedItems { return record.timed }
    }
    return nil
  }

  /// Takes over which events of the last ranking added were counted.
  mutating func restore(counted bits: some Collection<UInt8>) {
    counted.replaceSubrange((counted.count - bits.count)..., with: bits)
  }

  mutating func restore(floor: TimedID?) { self.floor = floor }
}
