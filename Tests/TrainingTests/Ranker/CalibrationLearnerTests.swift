import Artifact
import Glibc
import Kernels
import ParitySupport
import Testing

@testable import Ranking
@testable import Training

@Suite("The curve from scores to log odds")
struct CalibrationLearnerTests {
  /// Scores that claim log odds, and labels of other odds.
  private static func rows(
    _ count: Int, seed: UInt64 = 2, odds: (Double) -> Double
  ) -> (scores: [Double], labels: [Bool]) {
    var generator = SeededGenerator(seed: seed)
    let scores = (0..<count).map { _ in 3 * generator.gaussian() }
    return (scores, scores.map { generator.uniform() < 1 / (1 + exp(-odds($0))) })
  }

  private static func logLoss(_ scores: [Double], _ labels: [Bool]) -> Double {
    zip(scores, labels).reduce(0) { $0 + log(1 + exp($1.1 ? -$1.0 : $1.0)) } / Double(scores.count)
  }

  @Test("finds odds that no line is near to, on rows that it has not seen")
  func recovery() {
    let odds: (Double) -> Double = { $0 < 0 ? 0.2 * $0 - 1 : min(3, 4 * $0 - 1) }
    let (scores, labels) = Self.rows(60_000, odds: odds)
    let curve = CalibrationLearner.learn(scores: scores, labels: labels)
    let (others, truths) = Self.rows(20_000, seed: 3, odds: odds)
    let curved = Self.logLoss(others.map { Double(curve.logOdds(of: Float($0))) }, truths)
    let best = Self.logLoss(others.map(odds), truths)
    #expect(curved < best + 0.005 && Self.logLoss(others, truths) > best + 0.05)
  }

  @Test("rises everywhere, joins its knots, and has slope 1 beyond them", arguments: 0..<6)
  func monotone(seed: UInt64) {
    let (scores, labels) = Self.rows(200 << seed, seed: seed) { $0 * 0.3 }
    let curve = CalibrationLearner.learn(scores: scores, labels: labels)
    #expect((2...ScoreCalibration.limit).contains(curve.scores.count))
    let points = stride(from: Float(-20), through: 20, by: 0.0625).map { $0 }
    let values = points.map { curve.logOdds(of: $0) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
    for (score, odds) in zip(curve.scores, curve.logOdds) { #expect(curve.logOdds(of: score) == odds) }
    #expect(abs(curve.logOdds(of: 20) - curve.logOdds(of: 19) - 1) < 1e-5)
    #expect(abs(curve.logOdds(of: -20) - curve.logOdds(of: -21) - 1) < 1e-5)
  }

  @Test("nothing is learned of one label, of no rows, or of equal scores")
  func nothing() {
    #expect(CalibrationLearner.learn(scores: [], labels: []) == .none)
    #expect(CalibrationLearner.learn(scores: [1, 2], labels: [true, true]) == .none)
    let equal = [Double](repeating: 1, count: 500)
    #expect(CalibrationLearner.learn(scores: equal, labels: equal.indices.map { $0 % 2 == 0 }) == .none)
    #expect(ScoreCalibration.none.logOdds(of: -3.5) == -3.5)
  }

  @Test("a model keeps it, a server adds it as a column of its own, and the order stays")
  func served() throws {
    let fixture = try MomentWorldFixture()
    var options = fixture.options
    options.blendLists = 300
    let plain = try Model(Trainer.train(options, progress: SilentProgress()).0)
    options.calibration = .isotonic
    let tensors = try Trainer.train(options, progress: SilentProgress()).0
    let model = try Model(tensors)
    let steps = try RankSteps(StepSettings(), model: model)
    #expect(steps.active == [.calibration, .bandit] && steps.version.isEmpty)
    #expect(try RankSteps(StepSettings(), model: plain).active == [.bandit])
    let curve = try #require(model.moment).calibration
    let scratch = RankScratch(model: model, capacity: 300, seed: 1)
    let ids = (0..<300).map { EntityID.of("t\($0)") }
    ids.withUnsafeBufferPointer { ids in
      let query = RankQuery(userID: EntityID.of("u2"), tweetIDs: ids)
      let before = Array(Scorer.score(query, model: model, scratch: scratch))
      steps.adjust(scratch, query: query, model: model)
      for i in 0..<300 {
        #expect(abs(scratch.scores[i] - curve.logOdds(of: before[i])) < 1e-5)
        #expect(scratch.scores[i] == before[i] + scratch.terms(of: .calibration)[i])
      }
    }
    for (name, change) in [
      (MomentSchema.calibrationLogOdds, { (odds: inout [Float]) in odds.swapAt(0, 1) }),
      (MomentSchema.calibrationLogOdds, { odds in odds[0] = .nan }),
      (MomentSchema.calibrationScore, { scores in scores[1] = scores[0] }),
    ] {
      let damaged = TensorSet()
      damaged.metadata = tensors.metadata
      damaged.addCopies(of: tensors) { $0 != name }
      var column = Array(try tensors.column(name, of: Float.self, shape: [nil]))
      change(&column)
      damaged.add(name, shape: [column.count], column)
      #expect { try Model(damaged) } throws: { "\($0)".contains(name) }
    }
  }
}
