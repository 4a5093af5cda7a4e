import Foundation
import Kernels
import Ranking

/// What a policy costs a call, in nanoseconds a candidate: its terms and its part of the order, or its terms and looking up
/// the arms.
struct Cost {
  private static let candidates = 500
  private static let times = 400

  private let desk: Desk
  private let arms = ManyArms(candidates: Cost.candidates)
  private let tweets = (0..<UInt64(Cost.candidates)).map { $0 }
  private let scores: [Float]
  private let rounds: Int

  /// - Parameter rounds: how often each time is taken; the least counts.
  init(rounds: Int) throws {
    self.rounds = rounds
    desk = try Desk(capacity: Self.candidates)
    var generator = SeededGenerator(seed: 1)
    scores = tweets.map { _ in Float(generator.gaussian()) - 3 }
  }

  /// Nanoseconds a candidate of blend, terms and order, above those of a policy that is off and does not explore.
  ///
  /// - Parameter share: of the candidates that have feedback.
  func nanoseconds(of policy: BanditPolicy, feedback share: Double) -> Double {
    var generator = SeededGenerator(seed: 2)
    let hasFeedback = tweets.map { _ in generator.uniform() < share }
    let own = time(policy, ranks: true, giveArms: nil) { scratch in
      for i in 0..<scratch.count {
        let isTried = hasFeedback[i]
        (scratch.armTrials[i], scratch.armRewards[i]) = isTried ? (UInt32(1 + i * 7 % 1000), Float(i % 40)) : (0, 0)
        scratch.armExpected[i] = isTried ? Float(1 + i % 30) : 0
      }
    }
    return (own - off(ranks: true)) / Double(Self.candidates)
  }

  /// Nanoseconds a candidate of the terms and of looking up each candidate's arm among a million, other ones from call to
  /// call. Without the order: one that differs from call to call takes longer to make, whoever makes it differ.
  func coldNanoseconds(of policy: BanditPolicy) -> Double {
    let own = time(policy, ranks: false, giveArms: { arms.lookUp(call: $0, $1) }, before: { _ in })
    return (own - off(ranks: false)) / Double(Self.candidates)
  }

  /// Nanoseconds of a call without a bandit and without feedback.
  private func off(ranks: Bool) -> Double {
    time(BanditPolicy(.off, epsilon: 0), ranks: ranks, giveArms: nil) { scratch in
      scratch.armTrials.update(repeating: 0, count: scratch.count)
      scratch.armRewards.update(repeating: 0, count: scratch.count)
      scratch.armExpected.update(repeating: 0, count: scratch.count)
    }
  }

  /// Nanoseconds of a call, the fastest of several rounds.
  ///
  /// - Parameters:
  ///   - ranks: whether the order is made, too.
  ///   - giveArms: done in each call, by its number.
  ///   - before: done once.
  private func time(
    _ policy: BanditPolicy, ranks: Bool, giveArms: ((_ call: Int, RankScratch) -> Void)?, before: (RankScratch) -> Void
  ) -> Double {
    var generator = SeededGenerator(seed: 2)
    var state = ContextualState()
    state.apply([256, 90, 80, 70, 60, 50, 40, 30], .like, isTrial: true)
    let learned = policy.contextual.map { ContextualScoring(state, $0) }
    return desk.withScores(tweets, scores, limit: 50) { query in
      before(desk.scratch)
      var best = Double.infinity
      for round in 0..<rounds {
        let begin = Self.threadNanoseconds()
        for call in round * Self.times..<(round + 1) * Self.times {
          giveArms?(call, desk.scratch)
          Scorer.blend(model: desk.model, scratch: desk.scratch)
          policy.adjust(desk.scratch, learned: learned)
          guard ranks else { continue }
          _ = Ranker.rank(
            query, model: desk.model, policy: policy, requestID: 1, scratch: desk.scratch, using: &generator)
        }
        best = min(best, (Self.threadNanoseconds() - begin) / Double(Self.times))
      }
      return best
    }
  }

  /// Time that this thread has had: what else the machine does counts little.
  private static func threadNanoseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }
}
