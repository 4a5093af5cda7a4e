import Training

/// Follows a log in its order: lists as they were shown, then what came of them. Each list is looked at by the target
/// when it comes, so that neither the target nor the forecast knows what came later.
package struct ListJoin {
  /// How the log went in.
  package struct Counts: Sendable, Equatable, Encodable {
    /// Lists in the log.
    package var lists = 0
    /// Left out: nobody reported to have seen one of its items, so that it is in the log only for what came of it.
    package var withoutImpression = 0
    /// Left out: the log did not keep what could have been shown.
    package var withoutCandidates = 0
    /// Left out: an item that was no candidate, one shown twice, a propensity that is no probability, a time outside of
    /// the years 1 to 9999, an id seen before.
    package var inconsistent = 0
    /// Events that were joined with an item.
    package var events = 0
    /// Events of items at positions that do not count.
    package var beyond = 0
    /// Events of lists, or items, that are not there.
    package var unjoined = 0
    /// Items whose rewards were held within the range.
    package var heldRewards = 0
    /// Items that the target scores as they were scored when they were shown; of how many.
    package var sameScores = 0
    package var scored = 0

    enum CodingKeys: String, CodingKey {
      case lists, inconsistent, events, beyond, unjoined, scored
      case withoutImpression = "without_impression"
      case withoutCandidates = "without_candidates"
      case heldRewards = "held_rewards"
      case sameScores = "same_scores"
    }
  }

  private struct Place {
    var tweet: UInt64
    var row: LoggedLists.Row
    /// Before it is held within the range.
    var earned = 0.0
  }

  private struct Joined {
    var places: Range<Int>
    /// Whether it has items at positions that do not count, which are not kept.
    var hasMore: Bool
    var isSeen = false
  }

  private let target: any ListTarget
  private let range: ClosedRange<Double>
  private let positions: Int
  private var forecast = RewardForecast()
  private var places: [Place] = []
  private var joined: [Joined] = []
  private var numbers: [UInt64: Int] = [:]
  private var counts = Counts()
  /// Lists by who chose and who scored, and when they were shown.
  package private(set) var policies: [String: Int] = [:]
  package private(set) var models: [String: Int] = [:]
  package private(set) var firstTime: Int64?
  package private(set) var lastTime: Int64?

  /// - Parameters:
  ///   - rewards: what one item may earn at least and at most.
  ///   - positions: of each list only these first ones count.
  package init(target: any ListTarget, rewards: ClosedRange<Double>, positions: Int) {
    self.target = target
    self.positions = positions
    range = rewards
  }

  /// The next list of the log; returns what the target looked at of its items (``ListTarget/features(of:)``).
  @discardableResult
  package mutating func show(_ list: ShownList) -> [Int16]? {
    counts.lists += 1
    guard !list.candidates.isEmpty else {
      counts.withoutCandidates += 1
      return nil
    }
    guard numbers[list.requestID] == nil, let places = indices(of: list) else {
      counts.inconsistent += 1
      return nil
    }
    target.look(at: list)
    let worths = list.candidates.map { forecast.worth(of: $0) }
    let start = self.places.count
    for (place, (item, index)) in zip(list.items, places).enumerated().prefix(positions) {
      let examination = forecast.examination(at: place + 1)
      let row = LoggedLists.Row(
        position: place + 1, propensity: Double(item.propensity),
        target: Double(target.probability(of: index, at: place + 1)), reward: 0,
        predicted: examination * worths[index], expected: examination * target.mean(of: worths, at: place + 1))
      self.places.append(Place(tweet: item.tweetID, row: row))
      if let score = target.score(of: index) {
        counts.scored += 1
        counts.sameScores += (score - item.score).magnitude <= 1e-5 * max(1, item.score.magnitude) ? 1 : 0
      }
    }
    for place in start..<self.places.count { forecast.show(self.places[place].tweet, at: place - start + 1) }
    numbers[list.requestID] = joined.count
    joined.append(Joined(places: start..<self.places.count, hasMore: list.items.count > positions))
    policies[list.policyVersion, default: 0] += 1
    models[list.modelVersion, default: 0] += 1
    firstTime = min(firstTime ?? list.time, list.time)
    lastTime = max(lastTime ?? list.time, list.time)
    return target.features(of: places)
  }

  /// Where the items stand among the candidates; nil for a list that cannot have been shown.
  private func indices(of list: ShownList) -> [Int]? {
    guard list.items.count <= LoggedLists.mostPositions, UnixTime.years.contains(list.time) else { return nil }
    let shown = Set(list.items.map(\.tweetID))
    guard shown.count == list.items.count, list.items.allSatisfy({ $0.propensity > 0 && $0.propensity <= 1 }) else {
      return nil
    }
    var found: [UInt64: Int] = [:]
    for (index, candidate) in list.candidates.enumerated() where shown.contains(candidate) {
      guard found.updateValue(index, forKey: candidate) == nil else { return nil }
    }
    let indices = list.items.compactMap { found[$0.tweetID] }
    return indices.count == list.items.count ? indices : nil
  }

  /// An item was seen, if `isImpression`, or something worth `reward` was done with it.
  package mutating func record(requestID: UInt64, tweetID: UInt64, isImpression: Bool, reward: Double) {
    guard let number = numbers[requestID] else {
      counts.unjoined += 1
      return
    }
    let place = joined[number].places.first { places[$0].tweet == tweetID }
    guard place != nil || joined[number].hasMore else {
      counts.unjoined += 1
      return
    }
    // An impression far down still says that the list was seen.
    if isImpression { joined[number].isSeen = true }
    guard let place else {
      counts.beyond += 1
      return
    }
    counts.events += 1
    guard reward != 0, reward.isFinite else { return }
    places[place].earned += reward
    let old = places[place].row.reward
    let new = min(range.upperBound, max(range.lowerBound, places[place].earned))
    places[place].row.reward = new
    forecast.reward(tweetID, at: places[place].row.position, from: old, to: new)
  }

  /// What was learned of the target.
  package func finish() throws(CounterfactualError) -> (lists: LoggedLists, counts: Counts) {
    var counts = counts
    var lists = LoggedLists()
    for list in joined {
      guard list.isSeen else {
        counts.withoutImpression += 1
        continue
      }
      try lists.append(list.places.map { places[$0].row })
      counts.heldRewards += list.places.count { !range.contains(places[$0].earned) }
    }
    return (lists, counts)
  }
}
