import Ranking

/// A `RankQuery` that owns its columns.
struct Question {
  var user: UInt64
  var ids: [UInt64] = []
  var authors: [UInt64] = []
  var callers: [Float] = []
  var news: [NewText] = []
  var limit = 0
  var explains = false
  var includesText = false

  /// Lends the query for the time of a call.
  func withQuery<R>(_ body: (RankQuery) throws -> R) rethrows -> R {
    let bytes = news.flatMap { Array($0.text.utf8) }
    return try bytes.withUnsafeBytes { bytes in
      var start = 0
      let tweets = news.map { new in
        let text = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + new.text.utf8.count)])
        start += new.text.utf8.count
        return NewTweet(tweetID: new.id, authorID: new.author, callerScore: new.caller, text: text)
      }
      return try ids.withUnsafeBufferPointer { ids in
        try authors.withUnsafeBufferPointer { authors in
          try callers.withUnsafeBufferPointer { callers in
            try tweets.withUnsafeBufferPointer { tweets in
              try body(
                RankQuery(
                  userID: user, tweetIDs: ids, authorIDs: authors, callerScores: callers, newTweets: tweets,
                  limit: limit, explains: explains, includesText: includesText))
            }
          }
        }
      }
    }
  }

  /// The distinct candidates in order of their first occurrence.
  var distinctIDs: [UInt64] {
    var seen: Set<UInt64> = []
    return (ids + news.map(\.id)).filter { seen.insert($0).inserted }
  }
}
