import Kernels
import Ranking
import Testing

@testable import Evaluation

@Suite("What a log cannot say")
struct ListSupportTests {
  private func run(
    logging: BanditPolicy, target: BanditPolicy, targetModel: Int = 0, lists: Int = 800, shown: Int = 3,
    change: (inout ListComparison) -> Void = { _ in }
  ) throws -> ListResult {
    let world = try ListWorld.shared()
    var traffic = ListTraffic(world, model: 0, policy: logging, seed: 77)
    traffic.shown = shown
    let asked = ModelTarget(
      model: world.models[targetModel], policy: target, steps: RankSteps(), feedback: traffic.arms.fill)
    var join = ListJoin(target: asked, rewards: 0...1, positions: 10)
    traffic.run(lists, learns: false, join: &join)
    var comparison = ListComparison()
    comparison.resamples = 200
    change(&comparison)
    return try comparison.run(join.finish().lists, threads: 2)
  }

  private static let greedy = BanditPolicy.scores(epsilon: 0, slot: 3)

  @Test("the policy that was logged earns what was logged, exactly, explored or not", arguments: [0, 0.3])
  func itself(epsilon: Double) throws {
    let policy = BanditPolicy.scores(epsilon: epsilon, slot: 2)
    let result = try run(logging: policy, target: policy)
    let estimates = try #require(result.total.estimates)
    for line in result.positions {
      #expect(line.support.effectiveSampleSize == 800 && line.support.weight == 1 && line.support.impossible == 0)
    }
    for estimate in [estimates.ips, estimates.snips] {
      #expect(abs(estimate.difference.value) < 1e-12 && abs(estimate.difference.high) < 1e-12)
    }
    #expect(abs(estimates.doublyRobust.difference.value) < (epsilon == 0 ? 1e-12 : 0.1))
    #expect(result.conclusion == .undecided)
  }

  @Test("without exploration another model can be judged nowhere but where both agree")
  func deterministic() throws {
    let result = try run(logging: Self.greedy, target: Self.greedy, targetModel: 1)
    #expect(result.conclusion == .notEnoughSupport && result.total.estimates == nil)
    for line in result.positions {
      // Weights are 1 where both agree and 0 elsewhere: what is missing is known to the last list.
      #expect(line.support.gaps.first == .impossible && line.support.impossible > 0.3)
      #expect(abs(line.support.impossible + line.support.weight - 1) < 1e-12)
    }
  }

  @Test("exploration in one position says nothing of those before it")
  func beforeTheSlot() throws {
    let logging = BanditPolicy.scores(epsilon: 0.9, slot: 2)
    let result = try run(logging: logging, target: Self.greedy, targetModel: 1, lists: 3_000)
    #expect(result.positions[0].support.gaps.contains(.impossible) && result.positions[0].estimates == nil)
    #expect(!result.positions[1].support.gaps.contains(.impossible))
    #expect(result.conclusion == .notEnoughSupport)
  }

  @Test("what the target moves into a position from above it was never possible there: weights tell")
  func fromAbove() throws {
    let logging = BanditPolicy.scores(epsilon: 0.9, slot: 2)
    let target = BanditPolicy.scores(epsilon: 0.9, slot: 1)
    let result = try run(logging: logging, target: target, lists: 3_000)
    #expect(result.positions[0].support.gaps.contains(.impossible))
    // Position 2 was explored, but never with the best tweet, which the target moves there.
    #expect(result.positions[1].support.gaps == [.weights] && result.positions[1].support.impossible == 0)
    #expect(result.positions[1].support.weight < 0.4)
  }

  @Test("few lists, and rare exploration, are not enough, and say so")
  func samples() throws {
    let logging = BanditPolicy.scores(epsilon: 0.02, slot: 1)
    let result = try run(logging: logging, target: Self.greedy, targetModel: 1, shown: 1)
    // The few lists of great weight have not come yet, so that there seem to be many samples; the mean weight knows.
    #expect(result.total.support.gaps == [.weights] && result.total.support.effectiveSampleSize > 100)
    let seldom = BanditPolicy.scores(epsilon: 0.1, slot: 1)
    let great = try run(logging: seldom, target: Self.greedy, targetModel: 1, shown: 1)
    #expect(great.total.support.gaps.contains(.samples) && great.total.support.effectiveSampleSize < 100)
    #expect(result.conclusion == .notEnoughSupport && great.conclusion == .notEnoughSupport)
    let few = try run(logging: Self.greedy, target: Self.greedy, lists: 99)
    #expect(few.total.support.gaps == [.samples] && few.total.support.effectiveSampleSize == 99)
    let enough = try run(logging: Self.greedy, target: Self.greedy, lists: 99) { $0.leastSamples = 99 }
    #expect(enough.total.support.isEnough)
  }

  @Test("propensities that cannot be right are found out")
  func propensities() throws {
    var lists = LoggedLists()
    for number in 0..<2_000 {
      try lists.append([.init(position: 1, propensity: 0.25, target: 0.5, reward: Double(number % 2))])
    }
    let result = try ListComparison().run(lists, threads: 1)
    #expect(result.total.support.gaps == [.propensities] && result.conclusion == .notEnoughSupport)
  }

  @Test("clipped weights count as the bound, are counted, and leave more samples")
  func clipping() throws {
    let logging = BanditPolicy.scores(epsilon: 0.3, slot: 1)
    func run(_ clip: Double) throws -> ListResult {
      try self.run(logging: logging, target: Self.greedy, targetModel: 1, lists: 2_000, shown: 1) {
        ($0.clip, $0.leastSamples) = (clip, 1)
      }
    }
    let (plain, clipped) = (try run(.infinity), try run(3))
    #expect(plain.clippedRows == 0 && clipped.clippedRows > 10)
    #expect(clipped.total.support.effectiveSampleSize > plain.total.support.effectiveSampleSize)
    #expect(clipped.total.support.weight == plain.total.support.weight)
    let (low, high) = (try #require(clipped.total.estimates), try #require(plain.total.estimates))
    #expect(low.ips.reward.value < high.ips.reward.value)
  }

  @Test("threads change no digit, seeds change the intervals only")
  func determinism() throws {
    let world = try ListWorld.shared()
    let policy = BanditPolicy.scores(epsilon: 0.5, slot: 1)
    var traffic = ListTraffic(world, model: 0, policy: policy, seed: 5)
    let target = ModelTarget(model: traffic.model, policy: Self.greedy, steps: RankSteps(), feedback: traffic.arms.fill)
    var join = ListJoin(target: target, rewards: 0...1, positions: 10)
    traffic.run(500, learns: false, join: &join)
    let lists = try join.finish().lists
    var comparison = ListComparison()
    comparison.leastSamples = 10
    let one = try #require(comparison.run(lists, threads: 1).total.estimates)
    #expect(try comparison.run(lists, threads: 4).total.estimates == one)
    comparison.seed = 43
    let other = try #require(comparison.run(lists, threads: 1).total.estimates)
    #expect(other.doublyRobust.reward.value == one.doublyRobust.reward.value && other != one)
  }

  @Test("numbers that mean nothing are refused by name and value")
  func refusals() throws {
    var lists = LoggedLists()
    func expect(_ error: CounterfactualError, _ row: LoggedLists.Row) {
      #expect(throws: error) { try lists.append([row]) }
    }
    expect(.badPropensity(0, row: 0), .init(position: 1, propensity: 0, target: 0.5, reward: 0))
    expect(.badPropensity(1.5, row: 0), .init(position: 1, propensity: 1.5, target: 0.5, reward: 0))
    expect(
      .badPropensity(.leastNonzeroMagnitude, row: 0),
      .init(position: 1, propensity: .leastNonzeroMagnitude, target: 1, reward: 0))
    expect(
      .badDistribution(value: -0.1, row: 0, reason: "not in 0 to 1"),
      .init(position: 1, propensity: 1, target: -0.1, reward: 0))
    expect(
      .badValue(name: "reward", value: .infinity, row: 0),
      .init(position: 1, propensity: 1, target: 1, reward: .infinity))
    expect(
      .badParameter(name: "position", value: 0, reason: "not in 1 to 10000"),
      .init(position: 0, propensity: 1, target: 1, reward: 0))
    try lists.append([.init(position: 1, propensity: 1, target: 1, reward: 0)])
    for change: (inout ListComparison) -> Void in [
      { $0.clip = 0 }, { $0.clip = .nan }, { $0.positions = 0 }, { $0.resamples = 0 },
    ] {
      var comparison = ListComparison()
      change(&comparison)
      #expect(throws: CounterfactualError.self) { try comparison.run(lists, threads: 1) }
    }
  }
}
