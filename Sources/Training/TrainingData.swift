import Ranking

/// The logs in memory, with every key turned into a row of `users.*` or `tweets.*`.
///
/// Letters as in ``ModelSchema``: U users, T tweets.
struct TrainingData {
  /// Edges of the user graph in the order of the file, column by column.
  struct UserGraph {
    var sources: [UInt32] = []
    var destinations: [UInt32] = []
    var weights: [Double] = []
    /// Unix seconds; 0 where the file does not say.
    var times: [Int64] = []

    /// The edges for which `isKept` holds, in the same order.
    func filter(_ isKept: (Int) -> Bool) -> UserGraph {
      let kept = sources.indices.filter(isKept)
      return UserGraph(
        sources: kept.map { sources[$0] }, destinations: kept.map { destinations[$0] },
        weights: kept.map { weights[$0] }, times: kept.map { times[$0] })
    }
  }

  /// [U] every account seen: engaging, writing, listed, at either end of an edge.
  var users = EntityTable()
  /// [T] every tweet seen: listed or engaged with.
  var tweets = EntityTable()
  /// [T] row in `users`, ``ModelSchema/noRow`` where unknown.
  var tweetAuthors: [UInt32] = []
  /// [T] Unix seconds, 0 where unknown.
  var tweetTimes: [Int64] = []
  /// [T] row of the tweet that it answers or quotes, ``ModelSchema/noRow`` where there is none or it is unknown.
  var tweetParents: [UInt32] = []
  /// Rows of accounts by screen name, lowercased; a name that two accounts have had belongs to the one listed last.
  var screenNames: [String: UInt32] = [:]
  /// Dense embeddings of tweets; nil where none were given.
  var embeddings: EmbeddingFile?
  /// [T] empty where unknown.
  var texts = TextStore()
  /// [T] whether `tweets.csv` lists the tweet: only these are documents of the text statistics.
  var isListed: [Bool] = []
  var log = EngagementLog()
  /// Names of the engagement types in order of appearance; "" for rows without one.
  var typeNames: [String] = []
  var graph = UserGraph()
  /// Unix seconds of the newest time in the engagements, tweets and edges; 0 if there is none.
  var newestTime: Int64 = 0
  /// XXH3-64 of the input files' bytes, one file after the other, in hexadecimal.
  var fingerprint = ""

  /// Keeps `time` if it is the newest yet.
  mutating func noteTime(_ time: Int64) {
    if time > newestTime { newestTime = time }
  }

  /// Sum of the scores of each engagement type; as ``typeNames``.
  var typeWorth: [Double] {
    var sums = [Double](repeating: 0, count: typeNames.count)
    for index in 0..<log.count { sums[Int(log.types[index])] += log.scores[index] }
    return sums
  }

  /// Engagements with a tweet that `tweets.csv` lacks, and how many such tweets there are.
  var unlisted: (engagements: Int, tweets: Int) {
    (log.tweets.count { !isListed[Int($0)] }, isListed.count { !$0 })
  }
}
