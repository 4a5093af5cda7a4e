import CProtobufC
import RankingProto

/// The fields of a Rank call.
struct RankMessage {
  struct Fresh {
    var tweet: UInt64
    var text: [UInt8] = []
    var author: UInt64 = 0
    var callerScore: Float = 0
  }

  var user: UInt64
  var tweets: [UInt64] = []
  var authors: [UInt64] = []
  var callerScores: [Float] = []
  var newTweets: [Fresh] = []
  var limit: UInt32 = 0
  var explains = false
  var includesText = false

  init(user: UInt64, tweets: [UInt64] = []) {
    self.user = user
    self.tweets = tweets
  }

  func request(_ memory: PackMemory) -> UnsafeMutablePointer<Apus__V1__RankRequest> {
    memory.message(apus__v1__rank_request__init) {
      $0.user_id = user
      ($0.n_tweet_ids, $0.tweet_ids) = memory.column(tweets)
      ($0.n_author_ids, $0.author_ids) = memory.column(authors)
      ($0.n_caller_scores, $0.caller_scores) = memory.column(callerScores)
      let messages = newTweets.map { fresh in
        Optional(
          memory.message(apus__v1__new_tweet__init) {
            $0.tweet_id = fresh.tweet
            $0.text = memory.data(fresh.text)
            $0.author_id = fresh.author
            $0.caller_score = fresh.callerScore
          })
      }
      ($0.n_new_tweets, $0.new_tweets) = memory.column(messages)
      $0.limit = limit
      $0.explain = explains ? 1 : 0
      $0.include_text = includesText ? 1 : 0
    }
  }
}

/// The columns of a RecordEvents call.
struct EventsMessage {
  var users: [UInt64] = []
  var tweets: [UInt64] = []
  /// `EventType` on the wire, of any value.
  var types: [UInt32] = []
  var timestamps: [Int64] = []
  var requests: [UInt64] = []

  func request(_ memory: PackMemory) -> UnsafeMutablePointer<Apus__V1__RecordEventsRequest> {
    memory.message(apus__v1__record_events_request__init) {
      ($0.n_user_ids, $0.user_ids) = memory.column(users)
      ($0.n_tweet_ids, $0.tweet_ids) = memory.column(tweets)
      ($0.n_types, $0.types) = memory.column(types.map { Apus__V1__EventType(rawValue: $0) })
      ($0.n_timestamps, $0.timestamps) = memory.column(timestamps)
      ($0.n_request_ids, $0.request_ids) = memory.column(requests)
    }
  }
}
