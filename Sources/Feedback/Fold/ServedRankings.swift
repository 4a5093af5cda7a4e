import Ranking

/// What was answered lately, for feedback to refer to: bounded in bytes, the oldest go first.
///
/// Workers add each answer to a ring of their own; the feedback writer takes out those that feedback names. Adding takes
/// no lock and no allocation: it is done once per call of several microseconds.
///
/// Memory: 128 MiB by default, dealt to the workers evenly and touched as it is used. An answer of 20 items with a feature
/// each out of 500 candidates is 8 · (6 + 2 · 20 + 500 + 5) = 4,408 bytes, so that is 28,000 answers: a minute and a half
/// at 300 answers a second. Without candidates it is 408 bytes, nine minutes and more. Feedback that comes later is
/// recorded as unmatched.
public final class ServedRankings: Sendable {
  /// The default for the bytes of all.
  public static let defaultBytes = 128 << 20

  /// What one worker answered, in columns that are borrowed for the call of ``add(_:worker:)``.
  public struct Answer {
    /// The policy and model that the reply names, as ``ServedRankings/number(policy:model:)`` has it.
    public var versions: UInt32
    /// For whom.
    public var userID: UInt64
    /// When, in Unix seconds.
    public var timestampSeconds: Int64
    /// The reply.
    public var ranked: RankedTweets
    /// How many of its tweets are kept, from the first.
    public var items: Int
    /// All that could have been shown, or empty.
    public var candidates: UnsafeBufferPointer<UInt64>
    /// Row-major [items, features].
    public var features: UnsafeBufferPointer<Int16>

    /// An answer.
    public init(
      versions: UInt32, userID: UInt64, timestampSeconds: Int64, ranked: RankedTweets, items: Int,
      candidates: UnsafeBufferPointer<UInt64>, features: UnsafeBufferPointer<Int16>
    ) {
      self.versions = versions
      self.userID = userID
      self.timestampSeconds = timestampSeconds
      self.ranked = ranked
      self.items = min(items, ranked.tweetIDs.count)
      self.candidates = candidates
      self.features = features
    }
  }

  /// Words before the columns: id, user, time, versions and features, items and candidates.
  static let headerWords = 5
  /// Words of an item: the tweet; propensity and score.
  static let itemWords = 2
  static let featuresPerWord = 4

  private let rings: [ServedRing]
  /// Policies and models that answered; there are as many as were ever configured or loaded.
  private let versions = Monitor<[(policy: String, model: String)]>([])

  /// Room for so many bytes of so many workers' answers.
  public init(bytes: Int = ServedRankings.defaultBytes, workers: Int = 1, seed: UInt64 = .random(in: 0 ... .max)) {
    let workers = max(1, workers)
    rings = (0..<workers).compactMap { ServedRing(bytes: bytes / workers, seed: seed &+ UInt64($0)) }
  }

  /// One worker's room for so many words.
  init(words: Int) { rings = [ServedRing(words: words, sets: 1, seed: 1)].compactMap { $0 } }

  /// Rankings that can be found. Any thread.
  public var count: Int { rings.reduce(0) { $0 + $1.count } }

  /// The number of a policy and a model, for answers; the same for the same. Any thread.
  public func number(policy: String, model: String) -> UInt32 {
    versions.change { all in
      if let place = all.firstIndex(where: { $0.policy == policy && $0.model == model }) { return UInt32(place) }
      all.append((policy, model))
      return UInt32(all.count - 1)
    }
  }

  /// Asks for what ``add(_:worker:)`` is going to look at for the answer of this id.
  @inline(__always)
  public func prefetch(_ requestID: UInt64, worker: Int) {
    if rings.indices.contains(worker) { rings[worker].prefetch(requestID) }
  }

  /// Keeps an answer; those that are too old to have room go. The thread of this worker, of as many as there was room
  /// made for.
  public func add(_ answer: Answer, worker: Int) {
    let (items, candidates, features) = (answer.items, answer.candidates, answer.features)
    guard rings.indices.contains(worker),
      LoggedRanking.areWithinLimits(items: items, candidates: candidates.count, features: features.count)
    else { return }
    let featureWords = (features.count + Self.featuresPerWord - 1) / Self.featuresPerWord
    let count = Self.headerWords + items * Self.itemWords + candidates.count + featureWords
    let ranked = answer.ranked
    _ = rings[worker].add(ranked.requestID, count: count) { put in
      put(0, ranked.requestID)
      put(1, answer.userID)
      put(2, UInt64(bitPattern: answer.timestampSeconds))
      put(3, UInt64(answer.versions) << 32 | UInt64(features.count))
      put(4, UInt64(items) << 32 | UInt64(candidates.count))
      var place = Self.headerWords
      for item in 0..<items {
        put(place, ranked.tweetIDs[item])
        put(place + 1, UInt64(ranked.propensities[item].bitPattern) << 32 | UInt64(ranked.scores[item].bitPattern))
        place += Self.itemWords
      }
      for candidate in candidates {
        put(place, candidate)
        place += 1
      }
      for word in 0..<featureWords {
        var packed: UInt64 = 0
        let first = word * Self.featuresPerWord
        for feature in first..<min(first + Self.featuresPerWord, features.count) {
          packed |= UInt64(UInt16(bitPattern: features[feature])) << (16 * UInt64(feature - first))
        }
        put(place + word, packed)
      }
    }
  }

  /// The ranking of that id, which stays; nil where it is not known, or no more. Any thread.
  public func find(_ requestID: UInt64) -> LoggedRanking? {
    for ring in rings {
      if let words = ring.copy(requestID) { return ranking(words) }
    }
    return nil
  }

  /// Takes a ranking out, once it is in the log. Any thread.
  public func remove(_ requestID: UInt64) { for ring in rings { ring.remove(requestID) } }

  private func ranking(_ words: [UInt64]) -> LoggedRanking? {
    let (versions, features) = (Int(words[3] >> 32), Int(truncatingIfNeeded: words[3] & 0xFFFF_FFFF))
    let (items, candidates) = (Int(words[4] >> 32), Int(truncatingIfNeeded: words[4] & 0xFFFF_FFFF))
    let names = self.versions.change { $0.indices.contains(versions) ? $0[versions] : nil }
    guard let names else { return nil }
    let candidatesFrom = Self.headerWords + items * Self.itemWords
    return LoggedRanking(
      requestID: words[0], userID: words[1], timestampSeconds: Int64(bitPattern: words[2]),
      policyVersion: names.policy, modelVersion: names.model,
      items: (0..<items).map { item in
        let place = Self.headerWords + item * Self.itemWords
        return LoggedRanking.Item(
          tweetID: words[place], propensity: Float(bitPattern: UInt32(words[place + 1] >> 32)),
          score: Float(bitPattern: UInt32(truncatingIfNeeded: words[place + 1])))
      },
      candidates: Array(words[candidatesFrom..<candidatesFrom + candidates]),
      features: (0..<features).map { feature in
        let word = words[candidatesFrom + candidates + feature / Self.featuresPerWord]
        return Int16(
          bitPattern: UInt16(truncatingIfNeeded: word >> (16 * UInt64(feature % Self.featuresPerWord))))
      })
  }
}
