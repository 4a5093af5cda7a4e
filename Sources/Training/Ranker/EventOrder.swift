/// The log and the graph in order of time; what has no time comes first, in the order of the files.
struct EventOrder {
  /// Indices into the log: what was engaged with.
  let engagements: [Int]
  /// Indices into the log of what was scored at 0 or below, such as hides and reports: no engagements.
  let rejections: [Int]
  /// Indices into the edges.
  let edges: [Int]
  /// Rows of tweets.
  let tweets: [Int]

  init(_ data: TrainingData) {
    let events = Self.sorted(data.log.times)
    let scores = data.log.scores
    // Where nothing is above 0, scores say nothing.
    let lowest = scores.contains { $0 > 0 } ? 0 : -Double.infinity
    engagements = events.filter { scores[$0] > lowest }
    rejections = events.filter { scores[$0] <= lowest }
    edges = Self.sorted(data.graph.times)
    tweets = Self.sorted(data.tweetTimes)
  }

  /// Stable: equal times keep their order.
  private static func sorted(_ times: [Int64]) -> [Int] {
    times.indices.sorted { times[$0] == times[$1] ? $0 < $1 : times[$0] < times[$1] }
  }
}
