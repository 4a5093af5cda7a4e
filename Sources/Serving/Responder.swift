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
    /// Answered as a message that should not have been sent.
    case malformed
    /// Not yet answered: the feedback log will.
    case later
    /// Not yet answered, and kept: it comes back when the store has been asked.
    case parked
  }

  let memory: WorkerMemory
  /// Times the phases of the call that is being answered.
  let clock: CallClock
  private let decoder: RequestDecoder
  private var encoder: ReplyEncoder

  init(memory: WorkerMemory, clock: CallClock = CallClock()) {
    self.memory = memory
    self.clock = clock
    decoder = RequestDecoder(
      limits: memory.limits, arena: RequestArena(capacity: memory.limits.decodeArenaBytes))
    encoder = ReplyEncoder(limits: memory.limits)
  }

  /// Answers into the session's outgoing bytes, or has the feedback log answer later through `worker`.
  mutating func answer(_ pending: PendingCall, on worker: Worker) -> Outcome {
    let now = clock.begin(callID: pending.callID, arrivedNanos: pending.arrivedNanos)
    let outcome = respond(to: pending, atNanos: now, on: worker)
    switch outcome {
    case .parked: clock.discard()
    case .later: clock.finish(isAnswered: false)
    case .replied, .refused, .malformed: clock.finish(isAnswered: true)
    }
    return outcome
  }

  private mutating func respond(to pending: PendingCall, atNanos now: UInt64, on worker: Worker) -> Outcome {
    let queueMicros = Deadline.micros(from: pending.arrivedNanos, to: now)
    let call: DecodedCall
    switch decoder.decode(pending.payload) {
    case .success(let decoded): call = decoded
    case .failure(let error):
      encodeStatus(error.status, callID: error.callID, into: pending.session)
      return error.status.code == .unimplemented ? .refused : .malformed
    }
    guard call.id == pending.callID else {
      let message = "call id \(call.id) stands behind more than \(RequestDecoder.fieldsBeforeCallID) fields"
      encodeStatus(
        ReplyStatus(.invalidArgument, reason: .callID, message: message), callID: call.id, into: pending.session)
      return .malformed
    }
    let budgetMillis = memory.limits.budgetMillis(requested: call.budgetMillis)
    let reply = Reply(
      session: pending.session, callID: call.id, queueMicros: queueMicros, budgetMillis: budgetMillis,
      deadline: Deadline(arrivedNanos: pending.arrivedNanos, budgetMillis: budgetMillis))
    guard clock.end(.decode) < reply.deadline.endNanos else { return expired(reply) }

    if call.method.isRanking, worker.metrics.memory.pressure >= .refusingRankings {
      return refuse(reply, .shortOfMemory)
    }
    switch call.method {
    case .rank(var query):
      query.time = memory.currentTime()
      guard let ranked = RequestPath.rank(query, memory: memory, deadline: reply.deadline, clock: clock) else {
        return expired(reply)
      }
      let outcome = encode(.rank(ranked, memory.context), reply)
      if outcome == .replied { remember(ranked, for: query.userID) }
      return outcome
    case .similar(let query): return similar(query, reply)
    case .top(let query): return top(query, reply)
    case .record(let events): return record(events, reply, worker)
    case .setRewards(let change): return set(change, reply, worker)
    case .describe: return encode(.description(memory.describe()), reply)
    case .recommend(let query): return recommend(query, reply, pending, worker)
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

  /// Keeps what was shown for feedback to name.
  func remember(_ ranked: RankedTweets, for user: UInt64) {
    memory.remember(ranked, for: user)
    clock.end(.remember)
  }

  mutating func expired(_ reply: Reply) -> Outcome {
    let elapsed = reply.deadline.elapsedMicros
    let message = "the budget of \(reply.budgetMillis) ms was over after \(elapsed) µs"
    return refuse(reply, ReplyStatus(.deadlineExceeded, message: message))
  }

  // MARK: Encoding

  /// Encodes an answer, unless its budget is over by now.
  mutating func encode(_ body: ReplyBody, _ reply: Reply) -> Outcome {
    guard !reply.deadline.isOver else { return expired(reply) }
    let header = ReplyHeader(
      id: reply.callID, serverMicros: reply.deadline.elapsedMicros, queueMicros: reply.queueMicros)
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
