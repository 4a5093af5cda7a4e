import Kernels

@testable import Ranking

/// A worker without a wire: the verbs of ranking in the order in which the server calls them.
final class Desk {
  let model: Model
  let scratch: RankScratch
  var policy: BanditPolicy
  var arms: [UInt64: Arm] = [:]
  var learned: ContextualScoring?
  var generator: SeededGenerator

  init(_ model: Model, capacity: Int = 256, policy: BanditPolicy = BanditPolicy(epsilon: 0), seed: UInt64 = 1) {
    self.model = model
    self.policy = policy
    scratch = RankScratch(model: model, capacity: capacity, seed: seed)
    generator = SeededGenerator(seed: seed)
  }

  /// Candidates, signals, blend and bandit; the scratch then holds the scores.
  func score(_ question: Question) {
    question.withQuery { query in
      Candidates.gather(query, model: model, scratch: scratch)
      Signals.compute(query, model: model, scratch: scratch)
      Scorer.blend(model: model, scratch: scratch)
      for i in 0..<scratch.count {
        let arm = arms[scratch.ids[i]] ?? Arm(trials: 0, rewards: 0)
        scratch.armTrials[i] = arm.trials
        scratch.armRewards[i] = arm.rewards
        scratch.armExpected[i] = arm.expected
      }
      policy.adjust(scratch, learned: learned)
    }
  }

  /// The order of what was scored last.
  func order(_ question: Question) -> Answer {
    question.withQuery { query in
      Answer(
        Ranker.rank(query, model: model, policy: policy, requestID: 1, scratch: scratch, using: &generator))
    }
  }

  /// All of a ranking.
  func rank(_ question: Question) -> Answer {
    score(question)
    return order(question)
  }

  /// The raw values of a signal after ``score(_:)``, in the order of the distinct candidates.
  func values(of signal: Signal) -> [Float] { Array(Scorer.values(of: signal, in: scratch)) }
}
