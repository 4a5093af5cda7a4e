import CProtobufC
import Ranking
import RankingProto

/// Packs replies into frames, the length prefix included.
///
/// One worker owns an encoder. Its C structs and tables are made once and grow to the largest reply, so that a
/// rank reply costs no heap allocation after that; columns are packed from where the ranking left them.
public struct ReplyEncoder: ~Copyable {
  private let limits: Limits
  private let scratch = ReplyScratch()

  /// An encoder of one worker.
  public init(limits: Limits) { self.limits = limits }

  /// Appends one frame to `out`; on an error `out` is as before.
  ///
  /// - Throws: `RESOURCE_EXHAUSTED` for the same call if the reply is longer than ``Limits/replyBytes``. The error
  ///   itself always fits; for a body of `none` and `goAway` nothing is thrown.
  /// - Complexity: O(bytes of the reply).
  public mutating func encode(
    _ header: ReplyHeader, _ body: ReplyBody, appendingTo out: inout ByteBuffer
  ) throws(WireError) {
    let reply = scratch.begin(header, messageLimit: limits.statusMessageBytes)
    defer { scratch.end() }
    fill(reply, body)
    let size = apus__v1__reply__get_packed_size(reply)
    guard size <= limits.replyBytes, let prefix = UInt32(exactly: size) else {
      let message =
        "the reply has \(size) bytes; the limit is \(limits.replyBytes): ask for fewer tweets, texts or names"
      throw WireError(
        callID: header.id,
        status: ReplyStatus(.resourceExhausted, message: message, executed: header.status.executed))
    }
    let frame = out.appendUninitialized(byteCount: Limits.framePrefixBytes + size)
    frame.storeBytes(of: prefix.bigEndian, as: UInt32.self)
    let payload = (frame + Limits.framePrefixBytes).assumingMemoryBound(to: UInt8.self)
    let packed = apus__v1__reply__pack(reply, payload)
    precondition(packed == size, "protobuf-c packed \(packed) bytes after announcing \(size)")
  }

  private func fill(_ reply: UnsafeMutablePointer<Apus__V1__Reply>, _ body: ReplyBody) {
    switch body {
    case .none: break
    case .rank(let ranked, let context, let degradation):
      reply.pointee.result_case = APUS__V1__REPLY__RESULT_RANK
      reply.pointee.rank = scratch.rank(ranked, context, degradation)
    case .recommended(let answer, let context, let degradation):
      reply.pointee.result_case = APUS__V1__REPLY__RESULT_RECOMMEND
      reply.pointee.recommend = scratch.recommended(answer, context, degradation)
    case .similar(let answer):
      reply.pointee.result_case = APUS__V1__REPLY__RESULT_SIMILAR_TWEETS
      reply.pointee.similar_tweets = scratch.similar(answer)
    case .top(let answer):
      reply.pointee.result_case = APUS__V1__REPLY__RESULT_TOP_TWEETS
      reply.pointee.top_tweets = scratch.top(answer)
    case .recorded(let count, let duplicates, let unmatched, let lastSequence):
      reply.pointee.result_case = APUS__V1__REPLY__RESULT_RECORD_EVENTS
      reply.pointee.record_events = scratch.recorded(count, duplicates, unmatched, lastSequence)
    case .rewards(let weights):
      reply.pointee.result_case = APUS__V1__REPLY__RESULT_SET_REWARDS
      reply.pointee.set_rewards = scratch.rewards(weights)
    case .reloaded(let version, let previous):
      reply.pointee.result_case = APUS__V1__REPLY__RESULT_RELOAD_MODEL
      reply.pointee.reload_model = scratch.reloaded(version, previous)
    case .description(let description):
      reply.pointee.result_case = APUS__V1__REPLY__RESULT_DESCRIBE
      reply.pointee.describe = scratch.described(description)
    case .pong:
      reply.pointee.result_case = APUS__V1__REPLY__RESULT_PING
      reply.pointee.ping = scratch.pong.reset()
    case .authenticated:
      reply.pointee.result_case = APUS__V1__REPLY__RESULT_AUTHENTICATE
      reply.pointee.authenticate = scratch.authenticated.reset()
    case .goAway(let lastCallID):
      reply.pointee.result_case = APUS__V1__REPLY__RESULT_GO_AWAY
      reply.pointee.go_away = scratch.goAway(lastCallID)
    }
  }
}
