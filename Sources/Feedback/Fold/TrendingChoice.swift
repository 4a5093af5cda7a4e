import Glibc

/// Which tweets have the greatest quick count, found without looking at all of them after each event.
///
/// Counts that halve at one rate keep their order as time passes, so a tweet's place depends on its own events only: it
/// is that of log2(count) + time / half-life. Kept are the best few, and the greatest place that was let go; all are looked
/// at again only where the published ones are no longer above that.
struct TrendingChoice {
  /// Kept after letting go; before, up to twice as many are.
  private static let kept = 4 * TrendingTweets.count

  private var places: [UInt64: Double] = [:]
  /// Nothing that is not kept is above; nil: nothing was let go.
  private var bar: Double?
  /// Whether something may be different since ``best(_:)``.
  private(set) var hasChanged = false

  /// Takes note of what is known of a tweet. Amortised O(1), and next to nothing for one that is far from the best.
  mutating func note(_ tweet: UInt64, _ activity: LiveTweets.Activity) {
    guard activity.quick > 0 else {
      if places.removeValue(forKey: tweet) != nil { hasChanged = true }
      return
    }
    let place = log2(Double(activity.quick)) + Double(activity.time) / LiveTweets.quickHalfLife
    if let known = places.updateValue(place, forKey: tweet) {
      if known != place { hasChanged = true }
    } else if let bar, place <= bar {
      places[tweet] = nil
    } else {
      hasChanged = true
      if places.count >= 2 * Self.kept { letGo() }
    }
  }

  /// Forgets all.
  mutating func removeAll() { (places, bar, hasChanged) = ([:], nil, true) }

  /// The best, most first, of equals the smaller id; `noteAll` is called where all must be looked at.
  mutating func best(_ noteAll: (inout TrendingChoice) -> Void) -> [UInt64] {
    if let bar {
      let above = places.values.reduce(0) { $0 + ($1 > bar ? 1 : 0) }
      if above < TrendingTweets.count {
        removeAll()
        noteAll(&self)
      }
    }
    hasChanged = false
    return sorted().prefix(TrendingTweets.count).map(\.key)
  }

  private mutating func letGo() {
    let sorted = sorted()
    bar = max(bar ?? -.infinity, sorted[Self.kept].value)
    places = Dictionary(uniqueKeysWithValues: sorted.prefix(Self.kept).map { ($0.key, $0.value) })
  }

  private func sorted() -> [(key: UInt64, value: Double)] {
    places.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
  }
}
