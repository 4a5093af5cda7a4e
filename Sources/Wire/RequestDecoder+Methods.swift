import CProtobufC
import Ranking
import RankingProto

/// The methods' own requests: lengths against limits, protobuf-c's arrays as columns.
extension RequestDecoder {
  func rankQuery(_ request: Apus__V1__RankRequest) throws(Refusal) -> RankQuery {
    // Each count is at most the payload's length, so that their sum cannot overflow.
    let candidates = request.n_tweet_ids + request.n_new_tweets
    guard candidates <= limits.candidatesPerCall else {
      throw Refusal(.unspecified, "\(candidates) candidates; the limit is \(limits.candidatesPerCall)")
    }
    try requireColumn("author_ids", request.n_author_ids, besides: "tweet_ids", request.n_tweet_ids)
    try requireColumn("caller_scores", request.n_caller_scores, besides: "tweet_ids", request.n_tweet_ids)
    return RankQuery(
      userID: request.user_id,
      tweetIDs: UnsafeBufferPointer(start: request.tweet_ids, count: request.n_tweet_ids),
      authorIDs: UnsafeBufferPointer(start: request.author_ids, count: request.n_author_ids),
      callerScores: UnsafeBufferPointer(start: request.caller_scores, count: request.n_caller_scores),
      newTweets: try newTweets(UnsafeBufferPointer(start: request.new_tweets, count: request.n_new_tweets)),
      limit: Int(request.limit), explains: request.explain != 0, includesText: request.include_text != 0)
  }

  private func newTweets(
    _ messages: UnsafeBufferPointer<UnsafeMutablePointer<Apus__V1__NewTweet>?>
  ) throws(Refusal) -> UnsafeBufferPointer<NewTweet> {
    guard messages.count > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
    guard let tweets = arena.allocate(NewTweet.self, count: messages.count) else {
      throw Refusal(
        .decodeBudget, "\(messages.count) new tweets take more than \(arena.capacity) bytes of memory to decode",
        code: .resourceExhausted)
    }
    for (index, message) in messages.enumerated() {
      guard let message = message?.pointee else { throw Refusal(.malformed, "new_tweets[\(index)] is missing") }
      let text = try text(message.text, of: "new_tweets[\(index)].text")
      (tweets + index).initialize(
        to: NewTweet(
          tweetID: message.tweet_id, authorID: message.author_id, callerScore: message.caller_score, text: text))
    }
    return UnsafeBufferPointer(start: tweets, count: messages.count)
  }

  func recommendQuery(_ request: Apus__V1__RecommendRequest) throws(Refusal) -> RecommendQuery {
    RecommendQuery(
      userID: request.user_id, limit: try listLimit(request.limit), includesText: request.include_text != 0,
      includesNames: request.include_names != 0)
  }

  func similarQuery(_ request: Apus__V1__SimilarTweetsRequest) throws(Refusal) -> SimilarQuery {
    SimilarQuery(
      tweetID: request.tweet_id, text: try text(request.text, of: "text"), limit: try listLimit(request.limit),
      includesText: request.include_text != 0, includesNames: request.include_names != 0)
  }

  func topQuery(_ request: Apus__V1__TopTweetsRequest) throws(Refusal) -> TopQuery {
    TopQuery(
      order: TopOrder(rawValue: UInt32(truncatingIfNeeded: request.order.rawValue)),
      limit: try listLimit(request.limit), includesText: request.include_text != 0,
      includesNames: request.include_names != 0)
  }

  func eventColumns(_ request: Apus__V1__RecordEventsRequest) throws(Refusal) -> EventColumns {
    let events = request.n_user_ids
    guard events <= limits.eventsPerCall else {
      throw Refusal(.unspecified, "\(events) events; the limit is \(limits.eventsPerCall)")
    }
    try requireColumn("tweet_ids", request.n_tweet_ids, besides: "user_ids", events, isOptional: false)
    try requireColumn("types", request.n_types, besides: "user_ids", events, isOptional: false)
    try requireColumn("timestamps", request.n_timestamps, besides: "user_ids", events)
    try requireColumn("request_ids", request.n_request_ids, besides: "user_ids", events)
    // The C enum is four bytes wide (protobuf-c pads it to `int`) and any value may stand in it.
    let types = UnsafeRawPointer(request.types)?.assumingMemoryBound(to: UInt32.self)
    return EventColumns(
      userIDs: UnsafeBufferPointer(start: request.user_ids, count: events),
      tweetIDs: UnsafeBufferPointer(start: request.tweet_ids, count: events),
      types: UnsafeBufferPointer(start: types, count: events),
      timestamps: UnsafeBufferPointer(start: request.timestamps, count: request.n_timestamps),
      requestIDs: UnsafeBufferPointer(start: request.request_ids, count: request.n_request_ids))
  }

  func rewardChange(_ request: Apus__V1__SetRewardsRequest) throws(Refusal) -> RewardChange {
    try requireColumn("weights", request.n_weights, besides: "types", request.n_types, isOptional: false)
    var change = RewardChange()
    guard let types = UnsafeRawPointer(request.types)?.assumingMemoryBound(to: UInt32.self),
      let weights = request.weights
    else { return change }
    for row in 0..<request.n_types {
      guard let type = EventType(rawValue: types[row]) else {
        throw Refusal(.unspecified, "event type \(types[row]) is not one of this server's")
      }
      do throws(BanditError) { try change.set(type, to: weights[row]) } catch {
        throw Refusal(.unspecified, "\(error)")
      }
    }
    return change
  }

  func reload(_ request: Apus__V1__ReloadModelRequest) throws(Refusal) -> DecodedCall.Method {
    let path = try text(request.path, of: "path")
    guard path.isEmpty || request.rollback == 0 else {
      throw Refusal(.unspecified, "a rollback takes no path; it goes back to the model before")
    }
    return .reload(path: path, isRollback: request.rollback != 0)
  }

  private func requireColumn(
    _ name: String, _ count: Int, besides sibling: String, _ expected: Int, isOptional: Bool = true
  ) throws(Refusal) {
    if count == expected || (isOptional && count == 0) { return }
    throw Refusal(.unspecified, "\(name) has \(count) values beside \(expected) \(sibling)")
  }

  private func listLimit(_ asked: UInt32) throws(Refusal) -> Int {
    guard asked != 0 else { return limits.defaultListedTweets }
    guard Int(asked) <= limits.listedTweets else {
      throw Refusal(.unspecified, "limit \(asked) is over \(limits.listedTweets)")
    }
    return Int(asked)
  }

  // The field's name is a closure because only a refusal has a use for it.
  private func text(
    _ bytes: ProtobufCBinaryData, of field: @autoclosure () -> String
  ) throws(Refusal) -> UnsafeRawBufferPointer {
    guard bytes.len <= limits.textBytes else {
      throw Refusal(.unspecified, "\(field()) has \(bytes.len) bytes; the limit is \(limits.textBytes)")
    }
    return view(bytes)
  }

  func view(_ bytes: ProtobufCBinaryData) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes.data, count: bytes.data == nil ? 0 : bytes.len)
  }
}
