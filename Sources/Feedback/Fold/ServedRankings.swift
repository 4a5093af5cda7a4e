/// What was answered lately, for feedback to refer to: bounded in bytes, the oldest go first.
///
/// Workers add each answer; the feedback writer takes out those that feedback names. One lock, held for a few pointer
/// moves: an answer is added once per call of several microseconds.
///
/// Memory: 128 MiB by default. An answer of 20 items with a feature out of 500 candidates is 20 · 18 + 500 · 8 + 480 =
/// 4,840 bytes, so that is 28,000 answers: a minute and a half at 300 answers a second. Without candidates it is 840 bytes,
/// 160,000 answers or nine minutes. Feedback that comes later is recorded as unmatched.
public final class ServedRankings: Sendable {
  /// The default for the bytes of all.
  public static let defaultBytes = 128 << 20

  struct Ring {
    /// In order of arrival from `first` on; nil: taken out.
    var slots: ContiguousArray<LoggedRanking?> = []
    var first = 0
    /// By request id: its number among all that ever arrived, of which `slots[0]` is number `base`.
    var numbers: [UInt64: Int] = [:]
    var base = 0
    var bytes = 0
  }

  /// What a place takes, also after its ranking was taken out: the ranking without its columns, and what it is found by.
  static let slotBytes =
    2 * 128  // in an array that is at least half full
    + 16 * 8 / 3  // in a hash table that is at least three eighths full

  private let ring = Monitor(Ring())
  private let limit: Int

  /// Room for so many bytes.
  public init(bytes: Int = ServedRankings.defaultBytes) { limit = bytes }

  /// What a ranking takes: its columns, and what it is found by.
  public static func bytes(of ranking: LoggedRanking) -> Int {
    slotBytes + ranking.items.count * 16 + ranking.candidates.count * 8 + ranking.features.count * 2
      + ranking.policyVersion.utf8.count + ranking.modelVersion.utf8.count
      + 3 * 48  // headers of three arrays and what the allocator adds
  }

  /// Rankings that can be found. Any thread.
  public var count: Int { ring.change { $0.numbers.count } }

  /// Places in use, those of rankings that were taken out included.
  var places: Int { ring.change { $0.slots.count - $0.first } }

  /// Keeps an answer; those that are too old to have room go. Any thread.
  public func add(_ ranking: LoggedRanking) {
    let bytes = Self.bytes(of: ranking)
    guard bytes <= limit, ranking.requestID != 0, ranking.isWithinLimits else { return }
    // What goes is let go outside of the lock.
    let gone = ring.change { ring in
      guard ring.numbers[ranking.requestID] == nil else { return [LoggedRanking]() }
      var gone: [LoggedRanking] = []
      while ring.bytes + bytes > limit, !ring.isEmpty { if let oldest = ring.popOldest() { gone.append(oldest) } }
      ring.append(ranking)
      ring.bytes += bytes
      return gone
    }
    _ = gone
  }

  /// Forgets the oldest until an eighth of the room is in use: memory is short. Any thread.
  public func shrink() {
    let gone = ring.change { ring in
      var gone: [LoggedRanking] = []
      while ring.bytes > limit / 8, !ring.isEmpty { if let oldest = ring.popOldest() { gone.append(oldest) } }
      return gone
    }
    _ = gone
  }

  /// The ranking of that id, which stays; nil where it is not known, or no more. Any thread.
  public func find(_ requestID: UInt64) -> LoggedRanking? { ring.change { $0[requestID] } }

  /// Takes a ranking out, once it is in the log. Any thread.
  public func remove(_ requestID: UInt64) {
    let gone = ring.change { $0.remove(requestID) }
    _ = gone
  }
}

extension ServedRankings.Ring {
  var isEmpty: Bool { first == slots.count }

  subscript(requestID: UInt64) -> LoggedRanking? { numbers[requestID].flatMap { slots[$0 - base] } }

  mutating func append(_ ranking: LoggedRanking) {
    numbers[ranking.requestID] = base + slots.count
    slots.append(ranking)
  }

  /// Takes one out; its place stays until it is the oldest.
  mutating func remove(_ requestID: UInt64) -> LoggedRanking? {
    guard let number = numbers.removeValue(forKey: requestID), let ranking = slots[number - base] else { return nil }
    slots[number - base] = nil
    bytes -= ServedRankings.bytes(of: ranking) - ServedRankings.slotBytes
    return ranking
  }

  /// Gives up the oldest place; returns the ranking that was there, if any.
  mutating func popOldest() -> LoggedRanking? {
    let oldest = slots[first]
    slots[first] = nil
    first += 1
    if let oldest {
      numbers[oldest.requestID] = nil
      bytes -= ServedRankings.bytes(of: oldest)
    } else {
      bytes -= ServedRankings.slotBytes
    }
    // At most half of the places are behind.
    if first > 1_024, first * 2 > slots.count {
      slots.removeFirst(first)
      base += first
      first = 0
    }
    return oldest
  }
}
