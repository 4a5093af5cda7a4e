import Ranking
import Wire

/// A large ranking that is done chunk by chunk, between which its worker answers others: gathered in a scratch of its own,
/// scored through the worker's, ordered when all is scored. The answer is that of ``RequestPath/rank(_:memory:deadline:clock:)``.
/// One at a time per worker.
struct ChunkedRanking {
  /// How far it is.
  enum Progress {
    /// There is more to do.
    case more
    /// The budget is over.
    case over
    /// Done; the columns are valid until the next large ranking.
    case ranked(RankedTweets)
  }

  /// What is told beside the ranking.
  enum Form {
    case rank
    case recommend(RecommendQuery, reason: ComputeReason, madeAtSeconds: Int64)
  }

  let call: PendingCall
  let reply: Responder.Reply
  let form: Form
  let query: RankQuery
  private let memory: WorkerMemory
  /// What feedback has taught when it began: a ranking uses one state of it.
  private let correction: OnlineCorrection?
  private var isGathered = false
  private var scored = 0
  /// What it has taken until now.
  var nanos: UInt64 = 0
  /// What each phase has taken until now; the clock is others' between two chunks.
  var clockState = CallClock.State()
  private let clock: CallClock

  /// A ranking of columns that stay as they are until it ends.
  init(
    _ query: RankQuery, form: Form, call: PendingCall, reply: Responder.Reply, memory: WorkerMemory, clock: CallClock
  ) {
    (self.query, self.form, self.call, self.reply, self.memory) = (query, form, call, reply, memory)
    self.clock = clock
    correction = memory.correction()
  }

  /// Does one more chunk, of ``Limits/chunkCandidates`` candidates or as much text.
  mutating func step() -> Progress {
    clock.resume(clockState)
    defer { clockState = clock.suspend() }
    if clock.markNanos >= reply.deadline.endNanos { return .over }
    let (whole, part) = (memory.large.scratch, memory.scratch)
    guard isGathered else {
      RequestPath.gather(query, memory: memory, scratch: whole)
      clock.end(.score)
      isGathered = true
      return .more
    }
    if scored < whole.count {
      let end = whole.endOfPart(
        from: scored, units: memory.limits.chunkCandidates, query: query, bytesPerUnit: CallTicket.textBytesPerUnit)
      part.take(scored..<end, of: whole)
      RequestPath.score(query, memory: memory, scratch: part, correction: correction, clock: clock)
      part.give(to: whole, at: scored)
      clock.end(.blend)
      scored = end
      return .more
    }
    return .ranked(RequestPath.order(query, memory: memory, scratch: whole, clock: clock))
  }
}
