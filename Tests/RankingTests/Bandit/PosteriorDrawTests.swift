import Foundation
import Kernels
import Testing

@testable import Ranking

@Suite("Thompson sampling of the slot")
struct PosteriorDrawTests {
  /// Some scored candidates in order, and how likely each of the first sixteen draws the greatest.
  private static func shares(
    scores: [Float], trials: [UInt32], _ draw: PosteriorDraw = PosteriorDraw()
  ) throws -> (shares: [Double], beyond: [Double]) {
    let desk = Desk(try ModelFixture.random(seed: 1).model(), policy: BanditPolicy(.off, epsilon: 0))
    desk.score(Question(user: 1, ids: scores.indices.map { UInt64($0) }))
    for i in scores.indices {
      desk.scratch.scores[i] = scores[i]
      (desk.scratch.armTrials[i], desk.scratch.armRewards[i]) = (trials[i], 0)
      desk.scratch.order[i] = UInt32(i)
    }
    let count = min(scores.count, PosteriorDraw.contenders)
    let shares = draw.shares(of: desk.scratch, ranks: 1..<count + 1)
    return ((0..<count).map { shares[$0] }, (0..<count).map { shares.beyond($0) })
  }

  /// The documented formula, in doubles, term by term.
  private static func plain(scores: [Float], trials: [UInt32], prior: Double) -> [Double] {
    let means = scores.map { asin((1 / (1 + exp(-Double(min(40, max(-40, $0)))))).squareRoot()) }
    let widths = trials.map { 0.5 / (prior + Double($0) + 1).squareRoot() }
    let low = max(0, zip(means, widths).map { $0 - 3 * $1 }.min() ?? 0)
    let high = min(.pi / 2, zip(means, widths).map { $0 + 3 * $1 }.max() ?? 0)
    func below(_ k: Int, _ j: Int) -> Double {
      if j < 0 { return 0 }
      if j == 31 { return 1 }
      return 1 / (1 + exp(-1.702 * (low + (high - low) / 32 * Double(j + 1) - means[k]) / widths[k]))
    }
    let weights = scores.indices.map { k in
      (0..<32).reduce(0.0) { sum, j in
        let before = (0..<k).reduce(1.0) { $0 * below($1, j - 1) }
        let behind = (k + 1..<max(scores.count, k + 1)).reduce(1.0) { $0 * below($1, j) }
        return sum + (below(k, j) - below(k, j - 1)) * before * behind
      }
    }
    #expect(abs(weights.reduce(0, +) - 1) < 1e-9)
    return weights
  }

  @Test("the shares are those of the formula, add up to 1, and are told of all that follow", arguments: 0..<8)
  func formula(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let count = 2 + generator.below(15)
    let scores = (0..<count).map { _ in Float(generator.gaussian()) - 2 }.sorted(by: >)
    let trials = (0..<count).map { _ in UInt32(exp(9 * generator.uniform()) - 1) }
    let (shares, beyond) = try Self.shares(scores: scores, trials: trials)
    let expected = Self.plain(scores: scores, trials: trials, prior: 12)
    for k in 0..<count {
      #expect(abs(shares[k] - expected[k]) < 2e-5, "\(k): \(shares[k]) \(expected[k])")
      #expect(abs(beyond[k] - shares[(k + 1)...].reduce(0, +)) < 1e-12)
    }
    #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
  }

  @Test("they are near those of draws from Beta beliefs")
  func beta() throws {
    // Probability and trials of each; n₀ is 12.
    let beliefs: [(p: Double, n: UInt32)] = [(0.3, 100), (0.28, 20), (0.25, 0), (0.2, 400), (0.15, 3)]
    let scores = beliefs.map { Float(log($0.p / (1 - $0.p))) }
    let shares = try Self.shares(scores: scores, trials: beliefs.map(\.n)).shares
    var generator = SeededGenerator(seed: 4)
    var wins = [Double](repeating: 0, count: beliefs.count)
    for _ in 0..<20_000 {
      let draws = beliefs.map { generator.beta($0.p * (12 + Double($0.n)), (1 - $0.p) * (12 + Double($0.n))) }
      wins[draws.firstGreatest] += 1.0 / 20_000
    }
    for (share, win) in zip(shares, wins) { #expect(abs(share - win) < 0.05, "\(shares) \(wins)") }
  }

  @Test("what is surely worse is never drawn, what is unsure often is, and a lone candidate always")
  func extremes() throws {
    let sure = try Self.shares(scores: [0, -6], trials: [100_000, 100_000]).shares
    #expect(sure[0] > 0.999999 && sure[1] < 1e-6)
    let unsure = try Self.shares(scores: [-2, -2.1], trials: [0, 0]).shares
    #expect(unsure[1] > 0.3 && unsure[1] < 0.5)
    #expect(try Self.shares(scores: [3], trials: [9]).shares == [1])
    for scores: [Float] in [[1e6, -1e6, 0], [-1e6, -1e6], [1e6, 1e6], Array(repeating: -3, count: 20)] {
      for trials: UInt32 in [0, .max] {
        let shares = try Self.shares(scores: scores, trials: scores.map { _ in trials }).shares
        #expect(shares.allSatisfy { $0 >= 0 && $0 <= 1 } && abs(shares.reduce(0, +) - 1) < 1e-12)
      }
    }
  }

  @Test("only the slot departs from the order, to one of the sixteen best from it on, also from below the cut")
  func reach() throws {
    let policy = BanditPolicy(.thompson(PosteriorDraw()), epsilon: 0, slot: 3)
    let desk = Desk(try ModelFixture.random(seed: 2).model(), policy: policy)
    let ids = (0..<60).map { UInt64($0) }
    var question = Question(user: 1, ids: ids, callers: ids.map { -Float($0) / 100 })
    question.limit = 5
    desk.score(question)
    var seen: Set<UInt64> = []
    for _ in 0..<3_000 {
      let answer = desk.order(question)
      #expect(answer.ids.filter { $0 != answer.ids[2] } == Array(ids.filter { $0 != answer.ids[2] }.prefix(4)))
      #expect(answer.exploredPosition == (answer.ids[2] == 2 ? 0 : 3))
      seen.insert(answer.ids[2])
    }
    #expect(seen == Set(2..<18))
  }
}
