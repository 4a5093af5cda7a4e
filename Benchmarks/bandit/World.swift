import Foundation
import Kernels

/// Tweets, users, and what they think of each other: artificial traffic whose truth is known.
///
/// Chances of a like are those of log odds around −2.5. The ranker that is served knows them with an error: `noise` of a
/// tweet's own, which feedback can correct, and in the contextual world an error of each pair as well.
struct World {
  /// What changes.
  enum Kind: String, CaseIterable {
    /// 300 tweets that everybody likes as much as ever.
    case stationary
    /// A new tweet every ten calls; each loses appeal at a rate of its own. The ranker knows the usual rate.
    case ageing
    /// 300 tweets and 500 users with tastes: who likes what differs, and the ranker knows it, with an error.
    case contextual
  }

  private static let topics = 4
  /// Calls in which a tweet loses appeal by a factor of e, usually.
  private static let lifetime = 600.0
  /// Of the ageing world, tweets that may be candidates: the newest.
  private static let window = 400
  private static let callsPerTweet = 10
  private static let noise = 1.0

  let kind: Kind
  private let quality: [Double]
  private let error: [Double]
  private let lifetimes: [Double]
  private let subjects: [[Double]]
  private let tastes: [[Double]]

  /// A world for so many calls.
  init(_ kind: Kind, calls: Int, seed: UInt64) {
    self.kind = kind
    var generator = SeededGenerator(seed: seed)
    let tweets = kind == .ageing ? Self.window + calls / Self.callsPerTweet + 1 : 300
    quality = (0..<tweets).map { _ in -2.5 + generator.gaussian() }
    error = (0..<tweets).map { _ in Self.noise * generator.gaussian() }
    lifetimes = (0..<tweets).map { _ in Self.lifetime * exp(0.5 * generator.gaussian()) }
    subjects = (0..<tweets).map { _ in (0..<Self.topics).map { _ in 0.6 * generator.gaussian() } }
    tastes = (0..<500).map { _ in (0..<Self.topics).map { _ in generator.gaussian() } }
  }

  /// Tweets that ever were or will be.
  var tweetCount: Int { quality.count }

  /// Who calls, and with which different candidates.
  func call(_ number: Int, candidates: Int, using generator: inout SeededGenerator) -> (user: Int, tweets: [Int]) {
    let oldest = kind == .ageing ? number / Self.callsPerTweet : 0
    var tweets = Array(oldest..<oldest + (kind == .ageing ? Self.window : tweetCount))
    for place in 0..<candidates { tweets.swapAt(place, place + generator.below(tweets.count - place)) }
    return (generator.below(tastes.count), Array(tweets.prefix(candidates)))
  }

  /// The probability that the user likes the tweet, in call `number`.
  func chance(_ tweet: Int, user: Int, call number: Int) -> Double {
    switch kind {
    case .stationary: return 1 / (1 + exp(-quality[tweet]))
    case .ageing: return exp(-age(tweet, number) / lifetimes[tweet]) / (1 + exp(-quality[tweet]))
    case .contextual: return 1 / (1 + exp(-quality[tweet] - affinity(tweet, user)))
    }
  }

  /// The ranker's log odds of the same.
  func score(_ tweet: Int, user: Int, call number: Int) -> Double {
    let known = quality[tweet] + error[tweet]
    switch kind {
    case .stationary: return known
    case .ageing:
      let chance = exp(-age(tweet, number) / Self.lifetime) / (1 + exp(-known))
      return log(chance / (1 - chance))
    case .contextual:
      // Always the same error of the same pair.
      var pair = SeededGenerator(seed: UInt64(tweet) << 32 | UInt64(user))
      return known + affinity(tweet, user) + 0.5 * pair.gaussian()
    }
  }

  private func age(_ tweet: Int, _ number: Int) -> Double {
    Double(max(0, number - (tweet - Self.window) * Self.callsPerTweet))
  }

  private func affinity(_ tweet: Int, _ user: Int) -> Double {
    zip(subjects[tweet], tastes[user]).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
