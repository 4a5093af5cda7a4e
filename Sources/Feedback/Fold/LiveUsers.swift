import Ranking

/// What users did last: one thread adds, any number look up at the same time.
///
/// The users are dealt to stripes, each behind a lock that is held for one insertion or one copy of at most
/// 96 pairs, so a reader hardly ever meets the writer and never waits long.
public final class LiveUsers: Sendable {
  private static let stripeCount = 1_024

  /// Some of the users.
  private final class Stripe: Sendable {
    let users = Monitor<[UInt64: RecentActivity]>([:])
  }

  /// The writer's: nothing that is not above is kept.
  private struct Bounds {
    var floor: TimedID?
    var count = 0
    /// By the newest thing they did, or by an earlier one: whose turn it is may have done more since.
    var order = OldestFirst<TimedID>()
  }

  private let stripes = (0..<stripeCount).map { _ in Stripe() }
  private let bounds = Monitor(Bounds())
  private let limits: FoldLimits

  init(limits: FoldLimits) { self.limits = limits }

  private func stripe(of user: UInt64) -> Stripe {
    stripes[Int(truncatingIfNeeded: (user &* 0x9E37_79B9_7F4A_7C15) >> 54)]
  }

  /// Users that are known. Any thread.
  public var count: Int { bounds.change { $0.count } }

  /// Copies what a user did last: engagements from `since` on, in Unix seconds, and impressions; nothing for who is not
  /// known. Any thread; allocates nothing.
  public func lookUp(_ user: UInt64, since: UInt32, into live: LiveFacts) {
    (live.engagedCount, live.shownCount) = (0, 0)
    stripe(of: user).users.change { users in
      if let place = users.index(forKey: user) { users.values[place].copy(since: since, into: live) }
    }
  }

  // MARK: The writer

  /// The user engaged with a tweet.
  func engage(_ user: UInt64, tweet: UInt64, time: UInt32) {
    change(user, time: time) { $0.engaged.insertNewestOfID(.init(time: time, id: tweet), limit: limits.engagedPerUser) }
  }

  /// The user was shown a tweet.
  func show(_ user: UInt64, tweet: UInt64, time: UInt32) {
    change(user, time: time) {
      $0.impressions.insertNewest(.init(time: time, id: tweet), limit: limits.impressionsPerUser)
    }
  }

  private func change(_ user: UInt64, time: UInt32, _ body: (inout RecentActivity) -> Void) {
    bounds.change { bounds in
      if let floor = bounds.floor, TimedID(time: time, id: user) <= floor { return }
      let isNew = stripe(of: user).users.change { users in
        let before = users.count
        body(&users[user, default: RecentActivity()])
        if let floor = bounds.floor { users[user]?.forget(upTo: floor, user: user) }
        return users.count > before
      }
      guard isNew else { return }
      bounds.count += 1
      bounds.order.add(TimedID(time: time, id: user))
    }
  }

  /// Drops users that are too old to have room.
  func makeRoom() {
    bounds.change { bounds in
      while bounds.count > limits.users, let oldest = bounds.order.oldest {
        let newest = stripe(of: oldest.id).users.change { users in
          let newest = users[oldest.id].map { TimedID(time: $0.newest, id: oldest.id) }
          if newest == oldest { users[oldest.id] = nil }
          return newest
        }
        if let newest, newest > oldest {
          bounds.order.replaceOldest(by: newest)
        } else {
          bounds.order.removeOldest()
          bounds.count -= 1
          bounds.floor = oldest
        }
      }
    }
  }

  /// The same users, apart from these, for another thread: a stripe is copied when one of the two is changed. Without their
  /// order, which is needed only where more come.
  func copy() -> LiveUsers {
    let copy = LiveUsers(limits: limits)
    for (from, to) in zip(stripes, copy.stripes) {
      let users = from.users.change { $0 }
      to.users.change { $0 = users }
    }
    let (floor, count) = bounds.change { ($0.floor, $0.count) }
    copy.bounds.change { ($0.floor, $0.count) = (floor, count) }
    return copy
  }

  /// All users, by id, and the floor.
  func all() -> (users: [(id: UInt64, activity: RecentActivity)], floor: TimedID?) {
    var all: [(id: UInt64, activity: RecentActivity)] = []
    for stripe in stripes { stripe.users.change { users in all += users.map { ($0.key, $0.value) } } }
    let floor = bounds.change { $0.floor }
    // What is too old of users that are kept goes when they do something.
    if let floor {
      for place in all.indices {
        let id = all[place].id
        all[place].activity.forget(upTo: floor, user: id)
      }
    }
    return (all.sorted { $0.id < $1.id }, floor)
  }

  /// Takes over what was kept before.
  func restore(_ user: UInt64, _ activity: RecentActivity) {
    stripe(of: user).users.change { $0[user] = activity }
    bounds.change {
      $0.count += 1
      $0.order.add(TimedID(time: activity.newest, id: user))
    }
  }

  func restore(floor: TimedID?) { bounds.change { $0.floor = floor } }
}
