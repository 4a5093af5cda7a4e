import Ranking
import Wire

/// What a decoder of calls promises about whatever it is given.
package struct CallPromises {
  private let limits: Limits

  /// Those of a decoder with these limits.
  package init(_ limits: Limits) { self.limits = limits }

  /// Touches every byte that an accepted call shows, and returns a sentence if a promise is broken.
  package func brokenPromise(of call: DecodedCall) -> String? {
    if call.id == 0 { return "id 0" }
    if call.traceParent.count > limits.traceParentBytes { return "trace context of \(call.traceParent.count)" }
    var sum = call.traceParent.reduce(UInt64(0)) { $0 &+ UInt64($1) }
    switch call.method {
    case .rank(let query):
      if query.candidateCount > limits.candidatesPerCall { return "\(query.candidateCount) candidates" }
      for column in [query.authorIDs.count, query.callerScores.count]
      where column != 0 && column != query.tweetIDs.count {
        return "a column of \(column) beside \(query.tweetIDs.count)"
      }
      for id in query.tweetIDs { sum &+= id }
      for id in query.authorIDs { sum &+= id }
      for score in query.callerScores { sum &+= UInt64(score.bitPattern) }
      for tweet in query.newTweets {
        if tweet.text.count > limits.textBytes { return "a text of \(tweet.text.count)" }
        for byte in tweet.text { sum &+= UInt64(byte) }
      }
    case .recommend(let query): if !(1...limits.listedTweets).contains(query.limit) { return "limit \(query.limit)" }
    case .top(let query): if !(1...limits.listedTweets).contains(query.limit) { return "limit \(query.limit)" }
    case .similar(let query):
      if !(1...limits.listedTweets).contains(query.limit) { return "limit \(query.limit)" }
      if query.text.count > limits.textBytes { return "a text of \(query.text.count)" }
      for byte in query.text { sum &+= UInt64(byte) }
    case .record(let events):
      if events.count > limits.eventsPerCall { return "\(events.count) events" }
      for event in events.events(receivedAtSeconds: 1_700_000_000) {
        sum &+= event.userID &+ event.tweetID &+ event.requestID &+ UInt64(event.type)
        if !(1...1_700_000_000).contains(event.timestampSeconds) { return "an event at \(event.timestampSeconds)" }
      }
    case .setRewards(let change):
      if change.weights[.impression] != nil { return "an impression's weight" }
      if let weight = change.weights.values.first(where: { !RewardWeights.range.contains($0) }) {
        return "a weight of \(weight)"
      }
    case .reload(let path, let isRollback):
      if path.count > limits.textBytes || (isRollback && !path.isEmpty) { return "a path of \(path.count)" }
      for byte in path { sum &+= UInt64(byte) }
    case .describe, .ping, .authenticate: break
    }
    Self.keep(sum)
    return nil
  }

  /// Nil if the error is one that a bad message may get.
  package func brokenPromise(of error: WireError) -> String? {
    let status = error.status
    if status.executed { return "executed" }
    if status.message.isEmpty { return "no message" }
    switch status.code {
    case .invalidArgument, .unimplemented: return nil
    case .resourceExhausted: return status.reason == .decodeBudget ? nil : "exhausted because of \(status.reason)"
    default: return "code \(status.code)"
    }
  }

  /// Nil if an answer of the decoder is as it should be, and within the arena.
  package func brokenPromise(of answer: Result<DecodedCall, WireError>, _ arena: RequestArena) -> String? {
    let broken: String? =
      switch answer {
      case .success(let call): brokenPromise(of: call)
      case .failure(let error): brokenPromise(of: error)
      }
    return arena.bytesInUse > arena.capacity ? "the arena overflowed" : broken
  }

  /// So that the bytes are read, although nobody wants the sum.
  @inline(never) @_optimize(none) private static func keep(_ sum: UInt64) {}
}
