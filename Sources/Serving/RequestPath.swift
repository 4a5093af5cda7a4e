import Ranking
import Wire

/// A ranking, verb by verb: the file to read first.
///
/// The call comes from `EventLoop/Connection` → `Wire/FrameDecoder` → `RunQueue` → `Wire/RequestDecoder`
/// (`Responder`), and the answer leaves through `Wire/ReplyEncoder` → `Session.flush`.
enum RequestPath {
  /// Ranks the candidates, or nil when the budget ended on the way: expired work is not finished.
  ///
  /// ``ChunkedRanking`` does the same for large calls, a part of the candidates at a time.
  static func rank(_ query: RankQuery, memory: WorkerMemory, deadline: Deadline, clock: CallClock) -> RankedTweets? {
    gather(query, memory: memory, scratch: memory.scratch)
    if deadline.isOver { return nil }
    score(query, memory: memory, scratch: memory.scratch, correction: memory.correction(), clock: clock)
    if clock.markNanos >= deadline.endNanos { return nil }
    return order(query, memory: memory, scratch: memory.scratch, clock: clock)
  }

  /// Which candidates are there, which rows of the model are theirs, and what has happened since it was trained?
  static func gather(_ query: RankQuery, memory: WorkerMemory, scratch: RankScratch) {
    Candidates.gather(query, model: memory.model, scratch: scratch)
    memory.lookUpLive(query.userID, into: scratch)
  }

  /// What is each candidate's score before feedback about it? No candidate looks at another.
  static func score(
    _ query: RankQuery, memory: WorkerMemory, scratch: RankScratch, correction: OnlineCorrection?, clock: CallClock
  ) {
    // What does each signal say of each candidate?
    Signals.compute(query, model: memory.model, scratch: scratch)
    clock.end(.score)

    // One score from all signals, with its explanation.
    Scorer.blend(model: memory.model, scratch: scratch)

    // What has feedback taught about the signals, what is the engagement worth, and does the user know the author?
    memory.steps.adjust(scratch, query: query, model: memory.model, correction: correction)
    clock.end(.blend)
  }

  /// What has feedback taught about these tweets, and which order follows?
  static func order(_ query: RankQuery, memory: WorkerMemory, scratch: RankScratch, clock: CallClock) -> RankedTweets {
    memory.feedback.arms.lookUp(
      scratch.candidateIDs, trials: scratch.armTrials, rewards: scratch.armRewards, expected: scratch.armExpected)
    memory.policy.adjust(scratch, learned: memory.scoring())
    clock.end(.bandit)

    // The order, with the authors spread and one position explored now and then, and the propensity of each.
    defer { clock.end(.order) }
    return Ranker.rank(
      query, model: memory.model, policy: memory.policy, steps: memory.steps, requestID: memory.newRequestID(),
      scratch: scratch, using: &memory.generator)
  }
}
