/// What a tweet is expected to earn at a position, by what has been seen so far.
///
/// A position-based model: an item earns examination(position) · worth(tweet). Examination is the mean magnitude of
/// rewards at the position over that of all positions; a tweet's worth is its rewards over the examination that it had.
/// Both are shrunk: an unseen position is examined like the average one, an unseen tweet is worth the average.
///
/// It learns as the log goes on and is asked about a list before the list's own rewards are told. Its errors therefore
/// do not depend on what they are held against, as with cross-fitting (Chernozhukov et al., "Double/debiased machine
/// learning for treatment and structural parameters", The Econometrics Journal 2018), and unlike folds drawn at random
/// it stays so where the logging policy learned from the very rewards.
struct RewardForecast {
  /// Shows of a tweet, or position, that weigh as much as what is assumed without any.
  static let prior = 20.0

  private struct Tally {
    var amount = 0.0
    var rewards = 0.0
  }

  /// Shows and magnitudes, by 0-based position.
  private var positions: [Tally] = []
  private var everywhere = Tally()
  /// Examinations and rewards.
  private var tweets: [UInt64: Tally] = [:]
  private var all = Tally()

  /// What a show of a tweet was worth when it was counted.
  func examination(at position: Int) -> Double {
    guard everywhere.amount > 0, everywhere.rewards > 0 else { return 1 }
    let mean = everywhere.rewards / everywhere.amount
    let tally = positions.indices.contains(position - 1) ? positions[position - 1] : Tally()
    return (tally.rewards + Self.prior * mean) / (tally.amount + Self.prior) / mean
  }

  /// What the tweet earns where it is examined like the average.
  func worth(of tweet: UInt64) -> Double {
    let mean = all.amount > 0 ? all.rewards / all.amount : 0
    guard let tally = tweets[tweet] else { return mean }
    return (tally.rewards + Self.prior * mean) / (tally.amount + Self.prior)
  }

  /// The tweet stood at this 1-based position.
  mutating func show(_ tweet: UInt64, at position: Int) {
    let amount = examination(at: position)
    while positions.count < position { positions.append(Tally()) }
    positions[position - 1].amount += 1
    everywhere.amount += 1
    tweets[tweet, default: Tally()].amount += amount
    all.amount += amount
  }

  /// What one show of it has earned changed from `old` to `new`.
  mutating func reward(_ tweet: UInt64, at position: Int, from old: Double, to new: Double) {
    guard positions.indices.contains(position - 1) else { return }
    positions[position - 1].rewards += new.magnitude - old.magnitude
    everywhere.rewards += new.magnitude - old.magnitude
    tweets[tweet, default: Tally()].rewards += new - old
    all.rewards += new - old
  }
}
