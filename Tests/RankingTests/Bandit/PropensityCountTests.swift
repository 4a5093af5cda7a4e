import Kernels
import Testing

@testable import Ranking

/// Propensities against a million rankings each: whatever the policy, every item comes to its position as often as it
/// is said to.
@Suite("Propensities, counted")
struct PropensityCountTests {
  /// Small lists: candidates, limit, slot, ε.
  private static let shapes: [(count: Int, limit: Int, slot: Int, epsilon: Double)] = [
    (6, 4, 2, 0.6), (5, 0, 3, 1), (7, 2, 9, 0.8), (4, 3, 1, 0.05), (8, 0, 3, 0),
  ]

  private static let ordering = BanditPolicyTests.rules

  @Test(
    "of every rule are as often as they say, alone and with uniform exploration",
    arguments: ordering + [.thompson(PosteriorDraw())])
  func counted(rule: BanditPolicy.Rule) throws {
    for (number, shape) in Self.shapes.enumerated() {
      let counts = try PropensityCounts(rule, shape, seed: UInt64(number), calls: 1_000_000 / Self.shapes.count)
      #expect(counts.isConsistent, "an item at a position has had two propensities")
      // Thompson sampling departs from the order by itself, and not for certain.
      if case .thompson = rule { #expect(counts.propensities.joined().contains { $0 > 0.01 && $0 < 0.99 }) }
      for place in counts.places {
        // Pearson's statistic of at most 7 degrees of freedom exceeds 45 once in seven million.
        #expect(counts.statistic(at: place) < 45, "\(rule) \(shape): position \(place + 1)")
        #expect(abs(counts.sum(at: place) - 1) < 1e-5)
      }
    }
  }

  @Test(
    "are 1 for rules that only order, without uniform exploration",
    arguments: ordering)
  func deterministic(rule: BanditPolicy.Rule) throws {
    let counts = try PropensityCounts(rule, (8, 5, 3, 0), seed: 3, calls: 1_000)
    #expect(counts.propensities.flatMap { $0 }.allSatisfy { $0 == 0 || $0 == 1 })
    #expect(counts.places == 0..<5 && counts.places.allSatisfy { counts.statistic(at: $0) == 0 })
  }
}
