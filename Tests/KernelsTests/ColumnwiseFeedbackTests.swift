import Testing

@testable import Kernels

/// Against the formulas in doubles, one candidate at a time, for every way in which a column can end.
@Suite("What the bandit's terms are made of")
struct ColumnwiseFeedbackTests {
  /// Columns with room up to the next multiple of eight.
  private final class Columns {
    let count: Int
    private let memory: UnsafeMutablePointer<Float>

    init(count: Int) {
      self.count = count
      memory = .allocate(capacity: 6 * 24)
      memory.initialize(repeating: .nan, count: 6 * 24)
    }

    deinit { memory.deallocate() }

    func column(_ k: Int) -> UnsafeMutablePointer<Float> { memory + 24 * k }

    func fill(_ k: Int, _ value: (Int) -> Float) { for j in 0..<count { column(k)[j] = value(j) } }
  }

  private let counts = 0...17
  private let trials: (Int) -> Float = { Float(1 + $0 * 7 % 50) }
  private let rewards: (Int) -> Float = { Float($0 * 5 % 13 - 4) * 0.4 }

  private func isNear(_ value: Float, _ expected: Double) -> Bool {
    abs(Double(value) - expected) <= 1e-5 * max(1, abs(expected))
  }

  @Test("engagements and failures are compared with the prior")
  func ratios() {
    for count in counts {
      let columns = Columns(count: count)
      columns.fill(0) { $0 == 3 ? 1e-30 : Float(1 + $0) * 0.3 }
      columns.fill(1, rewards)
      columns.fill(2, trials)
      columns.fill(3) { $0 % 3 == 0 ? 0 : Float($0) * 0.25 }
      Columnwise.feedbackRatios(
        odds: columns.column(0), rewards: columns.column(1), trials: columns.column(2), expected: columns.column(3),
        count: count, priorTrials: 12, engagementReward: 0.4, limit: 1e18, successes: columns.column(4),
        failures: columns.column(5))
      for j in 0..<count {
        let (odds, expected) = (Double(columns.column(0)[j]), Double(columns.column(3)[j]))
        let chance = odds / (1 + odds)
        let engagements = Double(rewards(j)) / Double(Float(0.4))
        let all = expected > 0 ? expected / chance : Double(trials(j))
        #expect(isNear(columns.column(4)[j], min(1e18, abs(engagements) / (12 * chance))), "\(j) of \(count)")
        let failure = max(0, all - engagements) / (12 * (1 - chance))
        #expect(isNear(columns.column(5)[j], min(1e18, failure)), "\(j) of \(count)")
      }
    }
  }

  @Test("terms have the sign of the reward, and a bonus that shrinks with trials")
  func terms() {
    for count in counts {
      let columns = Columns(count: count)
      columns.fill(0) { Float($0) * 0.1 }
      columns.fill(1) { Float($0) * 0.2 }
      columns.fill(2, rewards)
      columns.fill(3, trials)
      Columnwise.feedbackTerms(
        columns.column(0), failures: columns.column(1), rewards: columns.column(2), trials: columns.column(3),
        count: count, priorTrials: 12, bonus: 1.5)
      Columnwise.meanRewards(
        columns.column(2), trials: columns.column(3), count: count, priorTrials: 12, weight: 5, bonus: 1.5,
        into: columns.column(4))
      for j in 0..<count {
        let all = Double(trials(j)) + 12
        let surprise = 1.5 * (1 / all.squareRoot() - 1 / 12.squareRoot())
        let success = Double(Float(j) * 0.1) * (rewards(j) < 0 ? -1 : 1)
        #expect(isNear(columns.column(0)[j], success - Double(Float(j) * 0.2) + surprise), "\(j) of \(count)")
        #expect(isNear(columns.column(4)[j], 5 * (Double(rewards(j)) / all + surprise)), "\(j) of \(count)")
      }
    }
  }
}
