import Artifact
import Kernels
import Testing

@testable import Ranking
@testable import Training

@Suite("The step of online learning")
struct OnlineStepTests {
  private let desk: StepDesk
  private let steps: RankSteps
  private let learner: FTRLProximal

  init() throws {
    desk = try StepDesk()
    steps = try desk.steps {
      $0.learning = LearningRates(alpha: 0.5, beta: 1, l1: 0, l2: 0)
      $0.typeWeights = ["reply": 3, "hide": -2]
      $0.outOfNetwork = -0.7
      $0.authorPenalty = 0.4
    }
    var learner = FTRLProximal(
      inputs: try #require(desk.model.moment).blend.signals.count,
      rates: LearningRates(alpha: 0.5, beta: 1, l1: 0, l2: 0))
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<200 {
      let z = (0..<learner.inputs).map { _ in Float(generator.uniform() * 4 - 2) }
      z.withUnsafeBufferPointer { learner.learn($0, base: 0, isPositive: z[0] > z[1]) }
    }
    self.learner = learner
  }

  @Test("contributions still add up to the score exactly, and the column is weights · z + bias of what it says")
  func sums() throws {
    let blend = try #require(desk.model.moment).blend
    let column = try desk.model.signals.count + #require(steps.active.firstIndex(of: .online))
    let rows = desk.rank(user: 3, steps, correction: OnlineCorrection(learner))
    #expect(rows.map(\.score) == rows.map(\.score).sorted(by: >))
    for row in rows {
      #expect(row.contributions.dropFirst().reduce(row.contributions[0], +) == row.score)
      #expect(row.contributions[1..<column].reduce(row.contributions[0], +) == row.values[column])
      let i = try #require((0..<desk.scratch.count).first { desk.scratch.ids[$0] == row.tweet })
      let z = blend.signals.indices.map { blend.standardised($0, desk.scratch.values(blend.signals[$0].rawValue)[i]) }
      let expected = z.withUnsafeBufferPointer { learner.correction($0) }
      #expect(abs(Double(row.contributions[column]) - expected) < 1e-4)
    }
    #expect(Set(rows.map { $0.contributions[column] }).count > 100)
  }

  @Test("what an answer showed is kept: its first tweets, their log odds before the correction, and their signals")
  func shown() throws {
    let blend = try #require(desk.model.moment).blend
    let shown = ShownSignals(limit: 20, model: desk.model)
    let column = try desk.model.signals.count + #require(steps.active.firstIndex(of: .online))
    for limit in [7, 0] {
      let ids = (0..<300).map { EntityID.of("t\($0)") }
      let rows = desk.rank(user: 11, steps, limit: limit, correction: OnlineCorrection(learner))
      ids.withUnsafeBufferPointer { ids in
        let query = RankQuery(userID: EntityID.of("u11"), tweetIDs: ids, limit: limit)
        _ = Scorer.score(query, model: desk.model, scratch: desk.scratch)
        steps.adjust(desk.scratch, query: query, model: desk.model, correction: OnlineCorrection(learner))
        for i in 0..<desk.scratch.count {
          (desk.scratch.armTrials[i], desk.scratch.armRewards[i]) = (UInt32(i % 3), Float(i % 5) / 4)
        }
        desk.policy.adjust(desk.scratch)
        var generator = SeededGenerator(seed: 1)
        let ranked = Ranker.rank(
          query, model: desk.model, policy: desk.policy, steps: steps, requestID: 5, scratch: desk.scratch,
          using: &generator)
        shown.copy(ranked, from: desk.scratch, model: desk.model)
      }
      #expect(shown.count == (limit == 0 ? 20 : limit) && shown.width == blend.signals.count)
      for (position, row) in rows.prefix(shown.count).enumerated() {
        #expect(shown.tweetIDs[position] == row.tweet && shown.bases[position] == row.values[column])
        let i = try #require((0..<desk.scratch.count).first { desk.scratch.ids[$0] == row.tweet })
        for s in blend.signals.indices {
          let value = desk.scratch.values(blend.signals[s].rawValue)[i]
          #expect(shown.values[position * shown.width + s] == blend.standardised(s, value))
        }
      }
    }
  }

  @Test("it is a column only where asked for, says its rates, and needs a model that ranks as of the moment")
  func settings() throws {
    let rates = LearningRates(alpha: 0.25, beta: 2, l1: 3, l2: 4)
    let steps = try desk.steps { $0.learning = rates }
    #expect(steps.active == [.online, .bandit] && steps.version == "learn=alpha:0.25+beta:2.0+l1:3.0+l2:4.0")
    #expect(try desk.steps { _ in }.active == [.bandit])
    #expect(throws: StepError.self) {
      try desk.steps { $0.learning = LearningRates(alpha: 2, beta: 1, l1: 0, l2: 0) }
    }
    var options = desk.fixture.options
    options.recipe = .classic
    let classic = try Model(Trainer.train(options, progress: SilentProgress()).0)
    var settings = StepSettings()
    settings.learning = rates
    #expect(throws: StepError.needsMoment(name: "learn")) { try RankSteps(settings, model: classic) }
  }
}
