import Kernels
import ParitySupport
import Testing

@testable import Evaluation

@Suite("Estimates from logged lists, and those of others from the same")
struct ListParityTests {
  /// `bandit/obp.json`.
  struct Reference: Decodable {
    struct Position: Decodable {
      let ips: Double
      let ips_clipped: Double
      let snips: Double
      let dm: Double
      let dr: Double
      let dr_clipped: Double
    }
    let clip: Double
    /// By list and position.
    let actions: [[Int]]
    let rewards: [[Double]]
    let propensities: [[Double]]
    /// By list, position and action.
    let target: [[[Double]]]
    let forecast: [[[Double]]]
    let positions: [Position]
    let slate_ips: Double

    func lists() throws -> LoggedLists {
      var lists = LoggedLists()
      for list in actions.indices {
        try lists.append(
          actions[list].enumerated().map { place, action in
            LoggedLists.Row(
              position: place + 1, propensity: propensities[list][place], target: target[list][place][action],
              reward: rewards[list][place], predicted: forecast[list][place][action],
              expected: zip(target[list][place], forecast[list][place]).reduce(0) { $0 + $1.0 * $1.1 })
          })
      }
      return lists
    }
  }

  @Test("Open Bandit Pipeline estimates the same of each position and of lists", arguments: [ParityPack.fixtures])
  func openBanditPipeline(pack: ParityPack) throws {
    let reference = try pack.json("bandit/obp.json", as: Reference.self)
    let lists = try reference.lists()
    let count = Double(lists.count)
    func near(_ a: Double, _ b: Double) -> Bool { (a - b).magnitude <= 1e-12 * max(1, b.magnitude) }
    let sums = lists.sums(positions: 3, clip: .infinity)
    let clipped = lists.sums(positions: 3, clip: reference.clip)
    for (place, expected) in reference.positions.enumerated() {
      let (plain, cut) = (ListEstimates(sums[place], lists: count), ListEstimates(clipped[place], lists: count))
      #expect(near(plain.ips, expected.ips) && near(cut.ips, expected.ips_clipped), "position \(place + 1)")
      #expect(near(plain.snips, expected.snips), "position \(place + 1)")
      #expect(near(plain.doublyRobust, expected.dr) && near(cut.doublyRobust, expected.dr_clipped))
      // With no weight left of which to speak, what remains is the forecast.
      let direct = ListEstimates(lists.sums(positions: 3, clip: 1e-300)[place], lists: count).doublyRobust
      #expect(near(direct, expected.dm), "position \(place + 1)")
    }
    #expect(near(ListEstimates(sums, lists: count).ips, reference.slate_ips))
  }

  @Test("a position is a log of its own: the estimators of logs say the same of it")
  func positionIsALog() throws {
    let reference = try ParityPack.fixtures.json("bandit/obp.json", as: Reference.self)
    let lists = try reference.lists()
    let sums = lists.sums(positions: 3, clip: .infinity)
    for place in 0..<3 {
      let log = try LoggedFeedback(
        actions: reference.actions.map { $0[place] }, rewards: reference.rewards.map { $0[place] },
        propensities: reference.propensities.map { $0[place] }, target: reference.target.flatMap { $0[place] },
        actionCount: 5)
      let predictions = try RewardPredictions(reference.forecast.flatMap { $0[place] }, for: log)
      let own = ListEstimates(sums[place], lists: Double(lists.count))
      let plain = try InverseProbability.plain.estimate(log)
      #expect((own.ips - plain.value).magnitude < 1e-12)
      #expect((sums[place].effectiveSampleSize - plain.effectiveSampleSize).magnitude < 1e-9)
      #expect((own.snips - (try InverseProbability.selfNormalised.estimate(log)).value).magnitude < 1e-12)
      let robust = try DoublyRobust.plain.estimate(log, predictions: predictions)
      #expect((own.doublyRobust - robust.value).magnitude < 1e-12)
    }
  }
}
