import Ranking

/// What feedback has come to: a function of the set of log entries, whatever their order and however often each came.
///
/// All integers, so two replicas that know the same entries hold the same, bit for bit, and so does who folds a copy of
/// the log. What has no room goes oldest first, and nothing older enters thereafter: as more comes the oldest that has room
/// only ever rises, so the order does not matter there either.
/// Two bounds are exceptions, and out of reach in practice: a ranking that is forgotten (``FoldLimits/rankings``) while its
/// events still come, and more waiting events than ``FoldLimits/waitingEvents``.
///
/// An event counts if it names no ranking; or if its ranking showed this tweet to this user at most
/// ``FoldLimits/attributionSeconds`` ago, once for its key. Where several copies of one event say different times, the earliest
/// counts. An event whose ranking is not known waits for it. Types of later versions do not count.
///
/// One thread owns a state. Only ``users`` may be read by others.
public final class FoldedState {
  /// What it may hold.
  public let limits: FoldLimits
  /// What users did last; for any thread.
  public let users: LiveUsers
  /// What events are worth: of all settings the latest.
  public internal(set) var weights = RewardWeights()
  /// What a contextual policy has learned from events on items whose features are known.
  public internal(set) var contextual = ContextualState()
  /// The last sequence number that was folded of each node's log.
  public internal(set) var cursors: [UInt64: UInt64] = [:]
  /// The names of the log that this is the state of; the others are followed.
  public private(set) var identity = NodeIdentity(node: 0)
  /// Events that were folded, whether they count or not. Not part of the digest.
  public internal(set) var events: UInt64 = 0
  /// Up to where a stream shared by replicas was read, in its own words; empty: nothing of it.
  public var streamPosition = ""

  var arms: ArmDays
  var trends: Trends
  var rankings: KnownRankings
  var waiting: WaitingEvents
  var keys: RecentKeys
  /// By key: the earliest time, in Unix seconds, that a copy of a counted engagement said.
  var engagementTimes = GradualTable<UInt64, UInt32>()
  /// Tweets of which something has changed, in order of change, repetitions included; for who publishes.
  private(set) var changed: [UInt64] = []
  /// Whether ``changed`` is kept.
  var tracksChanges = false

  /// Before anything has happened.
  public convenience init(limits: FoldLimits = FoldLimits()) {
    self.init(limits: limits, users: LiveUsers(limits: limits))
  }

  /// The same with these users.
  init(limits: FoldLimits, users: LiveUsers) {
    self.limits = limits
    self.users = users
    arms = ArmDays(limit: limits.armDays)
    trends = Trends(limit: limits.trends)
    rankings = KnownRankings(limits: limits)
    waiting = WaitingEvents(limit: limits.waitingEvents)
    keys = RecentKeys(limit: limits.recentKeys)
  }

  // MARK: Folding

  /// Folds entry number `sequence` of a node's log; false, and nothing happens, where it was folded before.
  ///
  /// A node's entries come in order, those of different nodes in any order among each other. Refused, too, are those of
  /// a node too many.
  @discardableResult
  public func apply(_ entry: LogEntry, node: UInt64, sequence: UInt64) -> Bool {
    guard let last = cursors[node] ?? (cursors.count < limits.nodes ? 0 : nil), sequence > last else { return false }
    cursors[node] = sequence
    apply(entry)
    return true
  }

  /// The last entry of our own log that was folded.
  public var ownSequence: UInt64 { cursors[identity.node] ?? 0 }

  /// Our log has these names now. Entries that were folded by another name stay folded; of a name that ends sooner than it
  /// did, others may have other entries from there on.
  func take(_ new: NodeIdentity) {
    let (old, end) = (identity.names, ownSequence)
    for (node, first, last) in new.names {
      if let before = old.first(where: { $0.node == node }) {
        if last < before.last, let cursor = cursors[node] { cursors[node] = min(cursor, last) }
      } else if first <= end + 1 {
        cursors[node] = min(last, end)
      }
    }
    identity = new
  }

  /// Takes over what was kept before.
  func restore(_ identity: NodeIdentity) { self.identity = identity }

  /// Folds an entry; no allocation for an event on a known ranking, tweet and user.
  /// - Complexity: O(1) for events, O(items) for rankings; O(log n) in full tables.
  public func apply(_ entry: LogEntry) {
    switch entry {
    case .event(let event, _):
      events += 1
      apply(event)
    case .ranking(let ranking): apply(ranking)
    case .rewards(let weights): apply(weights)
    }
    makeRoom()
  }

  private func apply(_ event: FeedbackEvent) {
    guard let key = event.key else {
      if let type = EventType(rawValue: event.type) { count(type, event, at: UInt32(clamping: event.timestampSeconds)) }
      return
    }
    keys.insert(key)
    settle(event, key: key)
  }

  private func apply(_ ranking: LoggedRanking) {
    let isNew = rankings.add(
      requestID: ranking.requestID, userID: ranking.userID, time: UInt32(clamping: ranking.timestampSeconds),
      tweetIDs: ranking.items.map(\.tweetID), features: ranking.features)
    guard isNew else { return }
    for event in waiting.take(ranking.requestID) { if let key = event.key { settle(event, key: key) } }
  }

  private func apply(_ new: RewardWeights) { if weights.isReplaced(by: new) { weights = new } }

  /// Counts an event that names a ranking, or lets it wait, or does nothing.
  private func settle(_ event: FeedbackEvent, key: UInt64) {
    guard let type = EventType(rawValue: event.type) else { return }
    switch rankings.match(event) {
    case .unknownRanking: waiting.add(event)
    case .notShown, .late: return
    case .shown(let item, let shownAt, let counted, let features):
      let isFirst = counted & KnownRankings.bit(type) == 0
      if isFirst {
        rankings.mark(event.requestID, item: item, type)
        learn(features, type, tweet: event.tweetID, shownAt, isTrial: counted == 0)
      }
      let time = UInt32(clamping: event.timestampSeconds)
      if !type.isEngagement {
        // As of the ranking: copies that say different times then mean the same.
        if isFirst { count(type, event, at: shownAt) }
      } else if isFirst {
        engagementTimes.set(key, to: time)
        count(type, event, at: time)
      } else {
        learnTime(of: event, type, time, key: key)
      }
    }
  }

  // MARK: Counting

  /// Learns from an event on an item whose features these are. Trials are as of the ranking, whichever event of the item
  /// comes first.
  private func learn(
    _ features: ArraySlice<Int16>, _ type: EventType, tweet: UInt64, _ shownAt: UInt32, isTrial: Bool
  ) {
    contextual.apply(features, type, isTrial: isTrial)
    guard isTrial, let units = ExpectedEngagements.units(features) else { return }
    arms.expect(units, tweet: tweet, time: shownAt)
  }

  private func count(_ type: EventType, _ event: FeedbackEvent, at time: UInt32) {
    arms.count(type, tweet: event.tweetID, time: time)
    if type.isEngagement {
      trends.count(tweet: event.tweetID, time: time)
      users.engage(event.userID, tweet: event.tweetID, time: time)
    } else if type == .impression {
      users.show(event.userID, tweet: event.tweetID, time: time)
    }
    note(event.tweetID)
  }

  /// A copy of a counted engagement may say another time: the earliest counts, the latest is when it was last known of.
  private func learnTime(of event: FeedbackEvent, _ type: EventType, _ time: UInt32, key: UInt64) {
    guard let known = engagementTimes[key], time != known else { return }
    if time < known {
      engagementTimes.set(key, to: time)
      arms.move(type, tweet: event.tweetID, from: known, to: time)
      trends.move(tweet: event.tweetID, from: known, to: time)
    } else {
      arms.reach(tweet: event.tweetID, time: time)
      trends.reach(tweet: event.tweetID, time: time)
    }
    users.engage(event.userID, tweet: event.tweetID, time: time)
    note(event.tweetID)
  }

  private func note(_ tweet: UInt64) { if tracksChanges { changed.append(tweet) } }

  /// Forgets what has changed so far.
  func clearChanges() { changed.removeAll(keepingCapacity: true) }

  /// Drops what has no room.
  private func makeRoom() {
    arms.makeRoom { note($0) }
    trends.makeRoom { note($0) }
    users.makeRoom()
    waiting.makeRoom()
    rankings.makeRoom { engagementTimes.remove($0) }
  }

  /// Drops what has no room, and what is too old of the tweets that are kept, which else goes when they are next engaged with.
  func trim() {
    makeRoom()
    trends.forgetHours { note($0) }
  }

  // MARK: Looking

  /// What is known of a tweet's events; all zero: nothing.
  public func counts(of tweet: UInt64) -> ArmCounts { arms.sums[tweet]?.counts ?? ArmCounts() }
}
