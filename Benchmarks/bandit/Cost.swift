import Foundation
import Kernels
import Ranking

/// What a policy costs a call, in nanoseconds a candidate: its terms, and its part of the order.
struct Cost {
  private static let candidates = 500
  private static let times = 400
  private static let rounds = 9

  private let desk: Desk
  private let tweets = (0..<UInt64(Cost.candidates)).map { $0 }
  private let scores: [Float]

  init() throws {
    desk = try Desk(capacity: Self.candidates)
    var generator = SeededGenerator(seed: 1)
    scores = tweets.map { _ in Float(generator.gaussian()) - 3 }
  }

  /// Nanoseconds a candidate of blend, terms and order, above those of a policy that is off and does not explore.
  ///
  /// - Parameter share: of the candidates that have feedback.
  func nanoseconds(of policy: BanditPolicy, feedback share: Double) -> Double {
    let own = time(policy, share)
    let off = time(BanditPolicy(.off, epsilon: 0), 0)
    return (own - off) / Double(Self.candidates)
  }

  /// The fastest of several rounds.
  private func time(_ policy: BanditPolicy, _ share: Double) -> Double {
    var generator = SeededGenerator(seed: 2)
    let hasFeedback = tweets.map { _ in generator.uniform() < share }
    var state = ContextualState()
    state.apply([256, 90, 80, 70, 60, 50, 40, 30], .like, isTrial: true)
    let learned: ContextualScoring? =
      if case .linUCB(let term) = policy.rule { ContextualScoring(state, term) } else { nil }
    return desk.withScores(
      tweets, scores, limit: 50,
      arm: { hasFeedback[Int($0)] ? (UInt32(1 + $0 * 7 % 1000), Float($0 % 40)) : (0, 0) }
    ) { query in
      var best = Double.infinity
      for _ in 0..<Self.rounds {
        let begin = Self.threadNanoseconds()
        for _ in 0..<Self.times {
          Scorer.blend(model: desk.model, scratch: desk.scratch)
          policy.adjust(desk.scratch, learned: learned)
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
