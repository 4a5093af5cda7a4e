/// What tweets and authors lose that the user has been shown already, in earlier answers.
///
/// An impression weighs 2^(−age / half-life). A candidate loses `tweet` for each impression of its own and `author` for
/// each of another tweet by its author, by their weights. Impressions are what clients report, not what was merely
/// answered: a tweet far down that nobody scrolled to has not tired anybody.
struct Fatigue {
  private var seen: SeenIDs
  /// By slot of `seen`: weight of the impressions of a tweet, or of an author.
  private var weights: [Float]

  /// Memory for calls of up to `capacity` candidates.
  init(capacity: Int, seed: UInt64) {
    seen = SeenIDs(capacity: capacity + LiveFacts.shownKept, seed: seed)
    weights = .init(repeating: 0, count: seen.slotCount)
  }

  /// Lowers the scores. O(candidates + impressions), next to nothing for a user without impressions.
  ///
  /// - Parameter time: Unix seconds of the request.
  mutating func adjust(
    _ scratch: RankScratch, query: RankQuery, model: Model, time: Int64, settings: FatigueSettings
  ) {
    let (terms, values) = (scratch.terms(of: .fatigue), scratch.values(of: .fatigue))
    terms.update(repeating: 0, count: scratch.count)
    values.update(repeating: 0, count: scratch.count)
    let live = scratch.live
    guard live.shownCount > 0 else { return }
    func age(_ index: Int) -> Float {
      DecayedCount.factor(seconds: time &- live.shownTimes[index], halfLife: settings.halfLifeSeconds)
    }
    if settings.author != 0 {
      seen.begin(expecting: scratch.count + live.shownCount)
      for index in 0..<live.shownCount {
        let row = model.tweets.row(of: live.shownTweets[index])
        guard row != ModelSchema.noRow, model.tweets.authors[Int(row)] != ModelSchema.noRow else { continue }
        add(age(index), to: model.users.ids[Int(model.tweets.authors[Int(row)])])
      }
      for i in 0..<scratch.count {
        guard let author = AuthorDiversity.author(of: i, scratch, query, model) else { continue }
        values[i] = weight(of: author)
      }
    }
    seen.begin(expecting: scratch.count + live.shownCount)
    for index in 0..<live.shownCount { add(age(index), to: live.shownTweets[index]) }
    for i in 0..<scratch.count {
      let own = weight(of: scratch.ids[i])
      // The author's impressions include the tweet's own where the model knows whose it is.
      let others = max(0, values[i] - own)
      values[i] = own + others
      terms[i] = -min(settings.tweet * own + settings.author * others, StepSettings.largestTerm)
      scratch.scores[i] += terms[i]
    }
  }

  private mutating func add(_ weight: Float, to id: UInt64) {
    let (slot, isNew) = seen.slot(of: id)
    weights[slot] = isNew ? weight : weights[slot] + weight
  }

  private mutating func weight(of id: UInt64) -> Float {
    let (slot, isNew) = seen.slot(of: id)
    // It is there from now on: the next of this author finds nothing too.
    if isNew { weights[slot] = 0 }
    return weights[slot]
  }
}

/// What an impression costs later; all at 0 is off.
public struct FatigueSettings: Sendable, Equatable {
  /// Taken from the score (log odds) for each impression of the tweet to this user, at least 0.
  public var tweet: Float = 0
  /// Taken for each impression of another tweet of the author, at least 0.
  public var author: Float = 0
  /// Seconds after which an impression weighs half, above 0.
  public var halfLifeSeconds: Double = 21_600

  /// Off.
  public init() {}

  /// Whether anything is taken off.
  public var isOn: Bool { tweet != 0 || author != 0 }
}
