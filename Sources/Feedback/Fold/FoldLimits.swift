/// How much the folded state may hold. What does not fit is dropped oldest first, and the same at every replica.
public struct FoldLimits: Equatable, Sendable {
  /// Pairs of a tweet and a day on which there was feedback on it.
  public var armDays = 1 << 19
  /// Tweets whose engagements of the last day are counted by time.
  public var trends = 1 << 17
  /// Users whose last engagements and impressions are known.
  public var users = 1 << 16
  /// Tweets that a user engaged with last.
  public var engagedPerUser = 32
  /// Tweets that a user was shown last.
  public var impressionsPerUser = 64
  /// Rankings that feedback has named.
  public var rankings = 1 << 18
  /// Items of these rankings, together.
  public var rankedItems = 1 << 22
  /// Features of an item that are kept; those of rankings with more are not.
  public var featuresPerItem = 8
  /// Events that name rankings that are not known, or not yet.
  public var waitingEvents = 1 << 16
  /// Events by whose keys a repetition is recognised.
  public var recentKeys = 1 << 20
  /// Nodes whose entries are followed.
  public var nodes = 1 << 12
  /// How long after a ranking an event is still counted as its consequence.
  public var attributionSeconds: UInt32 = 86_400

  /// The limits of a server without configuration.
  public init() {}

  /// By how much a table may be over its limit before room is made: making room is linear in the table, so this is how
  /// often it happens.
  static func slack(_ limit: Int) -> Int { limit + limit / 8 }

  /// Memory of a full state, in bytes. Hash tables are between three eighths and three quarters full; an array that
  /// grows by doubling is at least half full.
  public var bytes: Int {
    let armBytes =
      armDays * 64 * 8 / 3  // counts of a day: a key of 16 bytes, eight counters, what was expected
      + armDays * 80 * 8 / 3  // sums of a tweet, at worst one a day: the same and engagements
    let trendBytes =
      trends * 16 * 8 / 3  // id to place
      + trends * 2 * 208  // 48 counters, the newest time, id
    let userBytes =
      users * 16 * 8 / 3  // id to place
      + users * 2 * 24  // id, two arrays
      + users * 2 * (16 * (engagedPerUser + impressionsPerUser) + 2 * 32)  // the lists and their headers
    let rankingBytes =
      rankings * 16 * 8 / 3  // id to place
      + rankings * 2 * 40  // user, time, place of the items
      + rankedItems * 2 * (8 + 1 + 2 * featuresPerItem)  // tweets, which event types were counted, features
      + rankings * 2 * 16 * 8 / 3  // when these were, about two engagements a ranking
    let otherBytes =
      waitingEvents * (16 * 8 / 3 + 2 * 40 + 32)  // events by ranking
      + recentKeys * (8 + 8 * 8 / 3)  // keys in order, and as a set
      + nodes * 16 * 8 / 3
    return (armBytes + trendBytes + userBytes + rankingBytes + otherBytes) / 8 * 9  // the slack
  }
}
