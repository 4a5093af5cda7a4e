/// The log and the graph in order of time; what has no time comes first, in the order of the files.
struct EventOrder {
  /// Indices into the log.
  let engagements: [Int]
  /// Indices into the edges.
  let edges: [Int]
  /// Rows of tweets.
  let tweets: [Int]

  init(_ data: TrainingData) {
    engagements = Self.sorted(data.log.times)
    edges = Self.sorted(data.graph.times)
    tweets = Self.sorted(data.tweetTimes)
  }

  /// Stable: equal times keep their order.
  private static func sorted(_ times: [Int64]) -> [Int] {
    times.indices.sorted { times[$0] == times[$1] ? $0 < $1 : times[$0] < times[$1] }
  }
}
