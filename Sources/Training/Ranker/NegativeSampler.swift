import Kernels
import Ranking

/// Draws tweets that a user did not engage with, to be told from one that the user did.
///
/// Half are as old as the positive (written next to it), half are what others engaged with in the time before: so that
/// freshness is learned, and is not all that is learned.
struct NegativeSampler {
  /// Of each half.
  static let drawn = 12
  /// Tweets to either side, in order of writing, that count as equally old.
  static let neighbours = 40
  /// Seconds before the positive from which the other half comes.
  static let window: Int64 = 1_209_600

  let data: TrainingData
  /// Log rows in order of time.
  let events: [Int]
  /// Tweets engaged with, in order of writing.
  private let byAge: [UInt32]
  private let ages: [Int64]
  private let times: [Int64]
  /// What each user ever engaged with.
  private let engaged: Set<UInt64>

  init(data: TrainingData, events: [Int]) {
    self.data = data
    self.events = events
    let tweets = Set(events.lazy.map { data.log.tweets[$0] })
    let dated = tweets.filter { data.tweetTimes[Int($0)] != 0 }
    byAge = dated.sorted {
      let (a, b) = (data.tweetTimes[Int($0)], data.tweetTimes[Int($1)])
      return a == b ? $0 < $1 : a < b
    }
    ages = byAge.map { data.tweetTimes[Int($0)] }
    times = events.map { data.log.times[$0] }
    engaged = Set(events.lazy.map { Self.pair(data.log.users[$0], data.log.tweets[$0]) })
  }

  static func pair(_ user: UInt32, _ tweet: UInt32) -> UInt64 { UInt64(user) << 32 | UInt64(tweet) }

  func isEngaged(_ user: UInt32, _ tweet: UInt32) -> Bool { engaged.contains(Self.pair(user, tweet)) }

  /// Negatives for event number `event`, distinct, in order of drawing.
  func draw(event: Int, using generator: inout SeededGenerator) -> [UInt32] {
    let row = events[event]
    let (user, tweet, time) = (data.log.users[row], data.log.tweets[row], data.log.times[row])
    var drawn: [UInt32] = []
    func add(_ other: UInt32) {
      if other != tweet, !isEngaged(user, other), !drawn.contains(other) { drawn.append(other) }
    }
    let written = data.tweetTimes[Int(tweet)]
    if written != 0, !byAge.isEmpty {
      let place = ages.indices.partitionPoint { ages[$0] >= written }
      let low = max(0, place - Self.neighbours)
      let high = min(byAge.count, place + Self.neighbours + 1)
      for _ in 0..<Self.drawn { add(byAge[low + generator.below(high - low)]) }
    }
    let first = times.indices.partitionPoint { times[$0] >= time - Self.window }
    let low = event - first >= Self.drawn ? first : 0
    if event > low {
      for _ in 0..<Self.drawn { add(data.log.tweets[events[low + generator.below(event - low)]]) }
    }
    return drawn
  }
}
