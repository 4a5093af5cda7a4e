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

  /// Memory of a full state, in bytes. Hash tables are between three eighths and three quarters full, and made of parts of
  /// some 200 bytes for 32 entries; an array that grows by doubling is at least half full.
  public var bytes: Int {
    func table(_ entryBytes: Int) -> Int { entryBytes * 8 / 3 + 8 }
    let order = 2 * 16  // a time and an id, in an array
    let armBytes =
      armDays * (table(64) + order)  // counts of a day: a key of 16 bytes, eight counters, what was expected
      + armDays * table(64)  // sums of a tweet, at worst one a day: id, the same counters and two more
    let trendBytes = trends * (table(208) + order)  // id, 48 counters, the newest time
    let userBytes =
      users * (table(24) + order)  // id, two arrays
      + users * 2 * (16 * (engagedPerUser + impressionsPerUser) + 2 * 48)  // the lists and their headers
      + 1_024 * 256  // stripes
    let rankingBytes =
      rankings * (table(40) + order)  // id, user, time, two arrays
      + rankings * 2 * 48  // the arrays' headers
      + rankedItems * (16 + 2 * featuresPerItem)  // tweets, which event types were counted, features
      + rankings * 2 * table(16)  // when these were, about two engagements a ranking
    let otherBytes =
      waitingEvents * (table(16) + 192 + 2 * 2 * 40)  // by ranking, as a set, and in order of time
      + recentKeys * (8 + table(8))  // keys in order, and as a set
      + nodes * table(16)
    return armBytes + trendBytes + userBytes + rankingBytes + otherBytes
  }
}
