import Ranking

/// Brings what a state has come to before its readers.
///
/// What is published is computed from the state's integers alone, in one order, so equal states publish equal bits.
final class FoldPublisher {
  let arms: ArmTable
  let tweets: LiveTweets
  /// What linucb ranks with; nil: another policy ranks.
  let contextual: Published<ContextualScoring>?
  let trending = TrendingTweets()
  private let state: FoldedState
  private var weights: RewardWeights
  private let term: ContextualTerm?
  /// What ``contextual`` is of.
  private var learned: ContextualState
  /// Unix seconds; engagements are counted from here on. 0: all.
  private(set) var since: UInt32 = 0
  private var choice = TrendingChoice()

  /// Publishes everything that the state holds, engagements from `since` on, and from now on what changes; what the
  /// contextual policy has learned, if one is given.
  init(_ state: FoldedState, seed: UInt64, contextual term: ContextualTerm? = nil, since: UInt32 = 0) {
    self.state = state
    arms = ArmTable(seed: seed)
    tweets = LiveTweets(seed: seed)
    weights = state.weights
    (self.term, learned) = (term, state.contextual)
    contextual = term.map { Published(ContextualScoring(state.contextual, $0, rewards: state.weights)) }
    state.tracksChanges = true
    self.since = since
    if since != 0 { state.arms.setSince(since) }
    publishAll()
    publishTrending()
  }

  /// Whether other tweets may be trending than were published.
  var hasNewTrending: Bool { choice.hasChanged }

  /// Publishes which tweets are engaged with most.
  func publishTrending() {
    trending.publish(
      choice.best { choice in
        for (tweet, _) in state.trends.elements { choice.note(tweet, state.activity(of: tweet, since: since)) }
      })
  }

  /// Publishes what has changed since the last time.
  /// - Complexity: O(changes); O(tweets) where what events are worth has changed.
  func publish() {
    let isReweighted = state.weights != weights
    if contextual != nil, isReweighted || state.contextual != learned { publishContextual() }
    if isReweighted {
      weights = state.weights
      for tweet in state.arms.sums.keys { publishArm(tweet) }
    }
    for tweet in state.changed {
      publishArm(tweet)
      publishActivity(tweet)
    }
    state.clearChanges()
  }

  /// Counts engagements from another time on: what the served model was trained on is not counted twice.
  /// - Complexity: O(tweets).
  func count(since time: UInt32) {
    guard time != since else { return }
    since = time
    state.arms.setSince(time)
    publishAll()
  }

  private func publishAll() {
    choice.removeAll()
    for tweet in state.arms.sums.keys {
      publishArm(tweet)
      publishActivity(tweet)
    }
    for (tweet, _) in state.trends.elements where state.arms.sums[tweet] == nil { publishActivity(tweet) }
    state.clearChanges()
  }

  private func publishArm(_ tweet: UInt64) {
    let counts = state.counts(of: tweet)
    arms.publish(
      tweet, trials: counts.trials, reward: Float(counts.reward(weights)),
      expectedPerTrial: Float(counts.expectedPerTrial))
  }

  /// Solves the regression anew: some microseconds, once an append at most.
  private func publishContextual() {
    learned = state.contextual
    if let term { contextual?.set(ContextualScoring(learned, term, rewards: state.weights)) }
  }

  private func publishActivity(_ tweet: UInt64) {
    let activity = state.activity(of: tweet, since: since)
    tweets.publish(tweet, activity)
    choice.note(tweet, activity)
  }
}

extension FoldedState {
  /// Engagements with a tweet from a time on, as ``FoldPublisher/count(since:)`` was told before. Those of the time's own
  /// day are counted by the hour: hours that begin at the time or later, as far back as there are hours.
  func activity(of tweet: UInt64, since: UInt32) -> LiveTweets.Activity {
    var activity = LiveTweets.Activity()
    activity.engagements = arms.sums[tweet]?.recent ?? 0
    guard let trend = trends[tweet] else { return activity }
    if since > 0 {
      let nextDay = (UInt64(since / ArmDays.daySeconds) + 1) * UInt64(ArmDays.daySeconds)
      let today = trend.engagements(from: since, before: nextDay)
      activity.engagements = UInt32(clamping: UInt64(activity.engagements) + UInt64(today))
    }
    activity.quick = trend.quick(since: since)
    activity.slow = trend.slow(since: since)
    if activity.quick > 0 || activity.slow > 0 { activity.time = trend.newest }
    return activity
  }
}
