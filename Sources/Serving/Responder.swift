import EventLoop
import Feedback
import Ranking
import Wire

/// One call from payload to encoded reply: decode, look at the budget, do, encode. One per worker.
struct Responder: ~Copyable {
  /// How a call ended, for counting.
  enum Outcome {
    /// Answered OK.
    case replied
    /// Answered with an error that a well-meaning client can meet.
    case refused
    /// Answered that its budget is over.
    case expired
    /// Answered as a message that should not have been sent.
    case malformed
    /// Not yet answered: the feedback log will.
    case later
    /// Not yet answered, and kept: it comes back when the store has been asked.
    case parked
    /// Not yet answered, and kept: the worker does it chunk by chunk.
    case begun
  }

  let memory: WorkerMemory
  private let metrics: QueueMetrics
  /// Times the phases of the call that is being answered.
  let clock: CallClock
  private let decoder: RequestDecoder
  /// For large calls, whose columns must last while others are decoded.
  private let largeDecoder: RequestDecoder
  private var encoder: ReplyEncoder

  init(memory: WorkerMemory, metrics: QueueMetrics, clock: CallClock = CallClock()) {
    (self.memory, self.metrics, self.clock) = (memory, metrics, clock)
    decoder = RequestDecoder(
      limits: memory.limits, arena: RequestArena(capacity: memory.limits.decodeArenaBytes))
    largeDecoder = RequestDecoder(
      limits: memory.limits, arena: RequestArena(capacity: memory.limits.decodeArenaBytes))
    encoder = ReplyEncoder(limits: memory.limits)
  }

  /// Answers into the session's outgoing bytes, or has the feedback log answer later through `worker`, or begins what is
  /// answered when its last chunk is done.
  mutating func answer(_ pending: PendingCall, effort: RankEffort = .full, on worker: Worker) -> Outcome {
    let now = clock.begin(callID: pending.callID, arrivedNanos: pending.ticket.arrivedNanos)
    let outcome = respond(to: pending, effort, atNanos: now, on: worker)
    switch outcome {
    case .parked: clock.discard()
    case .begun: worker.ranking?.clockState = clock.suspend()
    case .later: clock.finish(isAnswered: false)
    case .replied, .refused, .expired, .malformed: clock.finish(isAnswered: true)
    }
    return outcome
  }

  private mutating func respond(
    to pending: PendingCall, _ effort: RankEffort, atNanos now: UInt64, on worker: Worker
  ) -> Outcome {
    let queueMicros = Deadline.micros(from: pending.arrivedNanos, to: now)
    let call: DecodedCall
    // Not chosen first and then asked, which would copy it.
    let decoded =
      pending.ticket.isLarge ? largeDecoder.decode(pending.payload) : decoder.decode(pending.payload)
    switch decoded {
    case .success(let decoded): call = decoded
    case .failure(let error):
      encodeStatus(error.status, callID: error.callID, into: pending.session)
      return error.status.code == .unimplemented ? .refused : .malformed
    }
    guard call.id == pending.callID else {
      let message = "call id \(call.id) stands behind more than \(CallOutline.fieldLimit) fields"
      encodeStatus(
        ReplyStatus(.invalidArgument, reason: .callID, message: message), callID: call.id, into: pending.session)
      return .malformed
    }
    let budgetMillis = memory.limits.budgetMillis(requested: call.budgetMillis)
    let reply = Reply(
      session: pending.session, callID: call.id, queueMicros: queueMicros, budgetMillis: budgetMillis,
      deadline: Deadline(arrivedNanos: pending.arrivedNanos, budgetMillis: budgetMillis))
    guard clock.end(.decode) < reply.deadline.endNanos else { return expired(reply) }

    if case .ping = call.method {} else { pending.session.pings.clear() }
    if call.method.isRanking, worker.metrics.memory.pressure >= .refusingRankings {
      return refuse(reply, .shortOfMemory)
    }
    switch call.method {
    case .rank(var query):
      query.time = memory.currentTime()
      query.effort = effort
      return rank(query, .rank, reply, pending, worker)
    case .similar(let query): return similar(query, reply)
    case .top(let query): return top(query, reply)
    case .record(let events): return record(events, reply, worker)
    case .setRewards(let change): return set(change, reply, worker)
    case .ping: return ping(reply)
    case .authenticate: return encode(.authenticated, reply)
    case .reload(let path, let isRollback): return reload(path: path, isRollback: isRollback, reply, worker)
    case .describe: return encode(.description(memory.describe()), reply)
    case .recommend(let query): return recommend(query, effort, reply, pending, worker)
    }
  }

  /// Where a reply goes, and the times it carries.
  struct Reply {
    let session: Session
    let callID: UInt64
    let queueMicros: UInt32
    let budgetMillis: UInt32
    let deadline: Deadline
  }

  /// Ranks at once, or begins to.
  mutating func rank(
    _ query: RankQuery, _ form: ChunkedRanking.Form, _ reply: Reply, _ pending: PendingCall, _ worker: Worker
  ) -> Outcome {
    if pending.ticket.isLarge {
      worker.ranking = ChunkedRanking(
        query, form: form, call: pending, reply: reply, memory: memory, clock: clock)
      return .begun
    }
    guard let ranked = RequestPath.rank(query, memory: memory, deadline: reply.deadline, clock: clock) else {
      return expired(reply)
    }
    return finish(ranked, query, form, reply, from: memory.scratch)
  }

  /// Encodes what was ranked chunk by chunk, or that its budget is over: nil.
  mutating func finish(_ ranking: ChunkedRanking, _ ranked: RankedTweets?) -> Outcome {
    clock.resume(ranking.clockState)
    defer { clock.finish(isAnswered: true) }
    guard let ranked else { return expired(ranking.reply) }
    return finish(ranked, ranking.query, ranking.form, ranking.reply, from: memory.large.scratch)
  }

  /// Encodes what was ranked in a scratch, and keeps it for feedback to refer to.
  mutating func finish(
    _ ranked: RankedTweets, _ query: RankQuery, _ form: ChunkedRanking.Form, _ reply: Reply, from scratch: RankScratch
  ) -> Outcome {
    let left = memory.degradation(of: query)
    let outcome =
      switch form {
      case .rank: encode(.rank(ranked, memory.context, left), reply)
      case .recommend(let asked, let reason, let madeAt):
        encodeRecommended(ranked, asked, reason, candidates: query.candidateCount, madeAt: madeAt, left, reply)
      }
    guard outcome == .replied else { return outcome }
    if left != .none { metrics.countDegraded() }
    memory.remember(ranked, for: query.userID, from: scratch)
    clock.end(.remember)
    return outcome
  }

  mutating func expired(_ reply: Reply) -> Outcome {
    append(
      ReplyHeader(
        id: reply.callID, status: Self.expiry(reply.deadline, reply.budgetMillis),
        serverMicros: reply.deadline.elapsedMicros, queueMicros: reply.queueMicros),
      .none, to: reply.session)
    return .expired
  }

  /// Answers a call whose budget is over, without decoding it.
  mutating func encodeExpired(_ pending: PendingCall) {
    let ticket = pending.ticket
    let budgetMillis = UInt32(clamping: (ticket.endNanos - ticket.arrivedNanos) / 1_000_000)
    let deadline = Deadline(arrivedNanos: ticket.arrivedNanos, budgetMillis: budgetMillis)
    let elapsed = deadline.elapsedMicros
    append(
      ReplyHeader(
        id: pending.callID, status: Self.expiry(deadline, budgetMillis), serverMicros: elapsed, queueMicros: elapsed),
      .none, to: pending.session)
  }

  private static func expiry(_ deadline: Deadline, _ budgetMillis: UInt32) -> ReplyStatus {
    ReplyStatus(
      .deadlineExceeded, message: "the budget of \(budgetMillis) ms was over after \(deadline.elapsedMicros) µs")
  }

  /// Answers; the session counts it when the answer is there, since a goodbye needs the encoder too.
  private mutating func ping(_ reply: Reply) -> Outcome {
    reply.session.hasPinged = true
    return encode(.pong, reply)
  }

  // MARK: Encoding

  /// Encodes an answer, unless its budget is over by now.
  mutating func encode(_ body: ReplyBody, _ reply: Reply) -> Outcome {
    let now = Loop.monotonicNanos()
    guard now < reply.deadline.endNanos else { return expired(reply) }
    let header = ReplyHeader(
      id: reply.callID, serverMicros: Deadline.micros(from: reply.deadline.arrivedNanos, to: now),
      queueMicros: reply.queueMicros)
    do throws(WireError) {
      try encoder.encode(header, body, appendingTo: &reply.session.outgoing)
      clock.end(.encode)
      return .replied
    } catch {
      return refuse(reply, error.status)
    }
  }

  mutating func refuse(_ reply: Reply, _ status: ReplyStatus) -> Outcome {
    let header = ReplyHeader(
      id: reply.callID, status: status, serverMicros: reply.deadline.elapsedMicros, queueMicros: reply.queueMicros)
    append(header, .none, to: reply.session)
    return .refused
  }

  /// A reply that is only a status.
  mutating func encodeStatus(_ status: ReplyStatus, callID: UInt64, into session: Session) {
    append(ReplyHeader(id: callID, status: status), .none, to: session)
  }

  /// The notice that no more is read from this connection.
  mutating func encodeGoAway(_ status: ReplyStatus, lastCallID: UInt64, into session: Session) {
    append(ReplyHeader(id: 0, status: status), .goAway(lastCallID: lastCallID), to: session)
  }

  mutating func append(_ header: ReplyHeader, _ body: ReplyBody, to session: Session) {
    do throws(WireError) {
      try encoder.encode(header, body, appendingTo: &session.outgoing)
      clock.end(.encode)
    } catch {
      // Replies without columns are far below any limit; should one not be, the client is better off without the
      // connection than waiting for a reply that never comes.
      session.connection?.abort()
    }
  }
}
