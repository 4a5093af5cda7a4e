import Ranking

/// Lets what happened happen again, in order of time, so that a look at any moment sees what had happened before it.
struct Replay {
  let data: TrainingData
  let order: EventOrder
  let history: History
  /// Log rows and edges that are left out; nil for none.
  var hidden: HiddenEvents?
  private var nextEngagement = 0
  private var nextEdge = 0
  private var nextTweet = 0

  init(_ data: TrainingData, order: EventOrder, history: History, hidden: HiddenEvents? = nil) {
    self.data = data
    self.order = order
    self.history = history
    self.hidden = hidden
  }

  /// Folds all that happened before `time`; nil: everything.
  mutating func advance(before time: Int64?) {
    advanceBackground(before: time)
    while nextEngagement < order.engagements.count {
      let index = order.engagements[nextEngagement]
      if !data.log.times[index].precedes(time) { break }
      nextEngagement += 1
      engage(index)
    }
  }

  /// Folds what is neither an engagement nor later than `time`.
  mutating func advanceBackground(before time: Int64?) {
    while nextTweet < order.tweets.count {
      let tweet = order.tweets[nextTweet]
      if !data.tweetTimes[tweet].precedes(time) { break }
      nextTweet += 1
      history.publish(tweet: UInt32(tweet), time: data.tweetTimes[tweet])
    }
    while nextEdge < order.edges.count {
      let edge = order.edges[nextEdge]
      if !data.graph.times[edge].precedes(time) { break }
      nextEdge += 1
      if let hidden, hidden.hides(edge, of: data) { continue }
      history.link(
        source: data.graph.sources[edge], destination: data.graph.destinations[edge],
        weight: Float(data.graph.weights[edge]), time: data.graph.times[edge])
    }
  }

  /// Folds one row of the log, unless it is hidden.
  func engage(_ index: Int) {
    if let hidden, hidden.engagements.contains(index) { return }
    history.engage(user: data.log.users[index], tweet: data.log.tweets[index], time: data.log.times[index])
  }
}

/// Engagements taken out of the past, and with them the edges that would give them away: those from the same user at
/// the same second.
struct HiddenEvents {
  let engagements: Set<Int>
  private let moments: Set<Moment>
  /// Accounts all of whose edges after a time are hidden.
  private var ends: [UInt32: Int64] = [:]

  private struct Moment: Hashable {
    let user: UInt32
    let time: Int64
  }

  init(_ engagements: [Int], of data: TrainingData) {
    self.engagements = Set(engagements)
    moments = Set(engagements.lazy.map { Moment(user: data.log.users[$0], time: data.log.times[$0]) })
  }

  /// All that some users do after their first `kept` engagements.
  init(after kept: Int, by users: Set<UInt32>, of data: TrainingData, in order: EventOrder) {
    var made: [UInt32: Int] = [:]
    var (hidden, ends): ([Int], [UInt32: Int64]) = ([], [:])
    for index in order.engagements where users.contains(data.log.users[index]) {
      let user = data.log.users[index]
      made[user, default: 0] += 1
      if made[user, default: 0] > kept { hidden.append(index) } else { ends[user] = data.log.times[index] }
    }
    self.init(hidden, of: data)
    self.ends = ends
  }

  func hides(_ edge: Int, of data: TrainingData) -> Bool {
    let time = data.graph.times[edge]
    if let end = ends[data.graph.sources[edge]], time > end { return true }
    return time != 0 && moments.contains(Moment(user: data.graph.sources[edge], time: time))
  }
}
