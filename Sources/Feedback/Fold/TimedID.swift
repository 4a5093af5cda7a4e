/// Something that happened to an id at a time: ordered by time, then id, so that "the newest few" means the same to all
/// who know the same, in whatever order they learned of it.
public struct TimedID: Comparable, Hashable, Sendable {
  /// Unix seconds, or a number of days or hours, as its owner says.
  public var time: UInt32
  /// A tweet, a user or a ranking.
  public var id: UInt64

  /// Something at a time.
  public init(time: UInt32, id: UInt64) {
    self.time = time
    self.id = id
  }

  /// By time, then id.
  public static func < (a: TimedID, b: TimedID) -> Bool { a.time == b.time ? a.id < b.id : a.time < b.time }
}

extension [TimedID] {
  /// Puts one more into a list that is ordered newest first and keeps `limit`; what is there already is not put again.
  mutating func insertNewest(_ one: TimedID, limit: Int) {
    var place = count
    while place > 0, self[place - 1] < one { place -= 1 }
    if place >= limit || place > 0 && self[place - 1] == one { return }
    if count >= limit { removeLast() }
    insert(one, at: place)
  }

  /// The same for a list with each id once: the newest time of an id counts.
  mutating func insertNewestOfID(_ one: TimedID, limit: Int) {
    if let known = firstIndex(where: { $0.id == one.id }) {
      if self[known].time >= one.time { return }
      remove(at: known)
    }
    insertNewest(one, limit: limit)
  }
}
