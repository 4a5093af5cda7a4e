import Ranking
import Wire

/// A ranking, verb by verb: the file to read first.
///
/// The call comes from `EventLoop/Connection` → `Wire/FrameDecoder` → `RunQueue` → `Wire/RequestDecoder`
/// (`Responder`), and the answer leaves through `Wire/ReplyEncoder` → `Session.flush`.
enum RequestPath {
  /// Ranks the candidates, or nil when the budget ended on the way: expired work is not finished.
  static func rank(_ query: RankQuery, memory: WorkerMemory, deadline: Deadline, clock: CallClock) -> RankedTweets? {
    let model = memory.model
    let scratch = memory.scratch

    // Which candidates are there, and which rows of the model are theirs?
    Candidates.gather(query, model: model, scratch: scratch)
    if deadline.isOver { return nil }

    // What has happened since the model was trained?
    memory.lookUpLive(query.userID)

    // What does each signal say of each candidate?
    Signals.compute(query, model: model, scratch: scratch)
    if clock.end(.score) >= deadline.endNanos { return nil }

    // One score from all signals, with its explanation.
    Scorer.blend(model: model, scratch: scratch)

    // What has feedback taught about the signals, what is the engagement worth, and does the user know the author?
    memory.steps.adjust(scratch, query: query, model: model, correction: memory.correction())
    clock.end(.blend)

    // What has it taught about these tweets?
    memory.feedback.arms.lookUp(
      scratch.candidateIDs, trials: scratch.armTrials, rewards: scratch.armRewards, expected: scratch.armExpected)
    memory.policy.adjust(scratch, learned: memory.scoring())
    if clock.end(.bandit) >= deadline.endNanos { return nil }

    // The order, with the authors spread and one position explored now and then, and the propensity of each.
    defer { clock.end(.order) }
    return Ranker.rank(
      query, model: model, policy: memory.policy, steps: memory.steps, requestID: memory.newRequestID(),
      scratch: scratch, using: &memory.generator)
  }
}
