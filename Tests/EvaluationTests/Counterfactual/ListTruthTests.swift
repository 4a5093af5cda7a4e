import Kernels
import Ranking
import Testing

@testable import Evaluation

@Suite("Estimates from logged lists, where the truth is known")
struct ListTruthTests {
  /// One way to log and one to ask about.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let logging: BanditPolicy
    let target: BanditPolicy
    var targetModel = 0
    var shown = 3
    var learns = false
    var lists = 600
  }

  private static let cases = [
    Case(
      testDescription: "another model, one position, explored in three of five lists",
      logging: .scores(epsilon: 0.6, slot: 1),
      target: .scores(epsilon: 0, slot: 1), targetModel: 1, shown: 1, lists: 1_500),
    Case(
      testDescription: "the same model without exploration, three positions",
      logging: .scores(epsilon: 0.4, slot: 2),
      target: .scores(epsilon: 0, slot: 2)),
    Case(
      testDescription: "more exploration, three positions",
      logging: .scores(epsilon: 0.4, slot: 1),
      target: .scores(epsilon: 0.9, slot: 1)),
    Case(
      testDescription: "a policy that learns, asked what it would have been with more weight",
      logging: .means(epsilon: 0.6, slot: 1, weight: 2),
      target: .means(epsilon: 0.1, slot: 1, weight: 8), shown: 1, learns: true),
  ]

  private func target(_ test: Case, _ world: ListWorld, _ arms: ListTraffic.Arms) -> ModelTarget {
    ModelTarget(model: world.models[test.targetModel], policy: test.target, steps: RankSteps(), feedback: arms.fill)
  }

  /// What the target would earn: run where it does not learn, else counted out over the log's own past.
  private func truth(_ test: Case, _ world: ListWorld) -> Double? {
    guard !test.learns else { return nil }
    var traffic = ListTraffic(world, model: test.targetModel, policy: test.target, seed: 99)
    traffic.shown = test.shown
    return traffic.meanReward(lists: 40_000)
  }

  @Test("intervals of 95 % hold the truth in about 95 % of repetitions", arguments: cases)
  func coverage(test: Case) throws {
    let world = try ListWorld.shared()
    let known = truth(test, world)
    let repetitions = 150
    var held = [0, 0, 0]
    var errors = [0.0, 0.0, 0.0]
    var comparison = ListComparison()
    comparison.resamples = 300
    for seed in 0..<repetitions {
      comparison.seed = UInt64(seed)
      var traffic = ListTraffic(world, model: 0, policy: test.logging, seed: 1_000 + UInt64(seed))
      traffic.shown = test.shown
      var join = ListJoin(target: target(test, world, traffic.arms), rewards: 0...1, positions: 10)
      let counted = target(test, world, traffic.arms)
      var sum = 0.0
      traffic.run(test.lists, learns: test.learns, join: &join) { list in
        guard known == nil else { return }
        counted.look(at: list)
        for position in 1...test.shown {
          sum += counted.mean(of: list.candidates.map { world.chance($0, at: position) }, at: position)
        }
      }
      let result = try comparison.run(join.finish().lists, threads: 2)
      let estimates = try #require(result.total.estimates, "\(result.total.support)")
      for (place, estimate) in [estimates.ips, estimates.snips, estimates.doublyRobust].enumerated() {
        let value = known ?? sum / Double(test.lists)
        if (estimate.reward.low...estimate.reward.high).contains(value) { held[place] += 1 }
        errors[place] += (estimate.reward.value - value) / Double(repetitions)
      }
    }
    // Of 150 at 95 %, 142.5 ± 2.7: five standard deviations below; all of them would be too wide.
    for count in held { #expect((129..<150).contains(count), "\(held) of \(repetitions)") }
    for error in errors { #expect(error.magnitude < 0.02, "\(errors)") }
  }
}
