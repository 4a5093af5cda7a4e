import Ranking
import Wire

/// A large ranking that is done chunk by chunk, between which its worker answers others: gathered in a scratch of its own,
/// scored through the worker's, ordered when all is scored. The answer is that of ``RequestPath/rank(_:memory:deadline:)``.
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

  /// A ranking of columns that stay as they are until it ends.
  init(_ query: RankQuery, form: Form, call: PendingCall, reply: Responder.Reply, memory: WorkerMemory) {
    (self.query, self.form, self.call, self.reply, self.memory) = (query, form, call, reply, memory)
    correction = memory.correction()
  }

  /// Does one more chunk, of ``Limits/chunkCandidates`` candidates or as much text.
  mutating func step() -> Progress {
    if reply.deadline.isOver { return .over }
    let (whole, part) = (memory.large.scratch, memory.scratch)
    guard isGathered else {
      RequestPath.gather(query, memory: memory, scratch: whole)
      isGathered = true
      return .more
    }
    if scored < whole.count {
      let end = whole.endOfPart(
        from: scored, units: memory.limits.chunkCandidates, query: query, bytesPerUnit: CallTicket.textBytesPerUnit)
      part.take(scored..<end, of: whole)
      RequestPath.score(query, memory: memory, scratch: part, correction: correction)
      part.give(to: whole, at: scored)
      scored = end
      return .more
    }
    return .ranked(RequestPath.order(query, memory: memory, scratch: whole))
  }
}
