import Foundation
import Kernels
import Ranking
import Testing

@testable import Evaluation
@testable import Training

@Suite("A blend corrected online, replayed")
struct OnlineReplayTests {
  /// Two signals without weight: the first decides who is engaged with, which the blend has not learned.
  private let blend = MomentBlend(
    signals: [.age, .length], means: [1, 0], scales: [2, 1], stepOffsets: [0, 0, 0], edges: [],
    fresh: .init(slopes: [0, 0], steps: [], offset: 0), evergreen: .init(slopes: [0, 0], steps: [], offset: 0),
    evergreenAge: 3600)
  private let rates = LearningRates(alpha: 0.1, beta: 1, l1: 0, l2: 0)
  private let count = 150

  private func impressions(lastLabels flipped: Bool = false) throws -> ImpressionList {
    let path = NSTemporaryDirectory() + "apus-online-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var text = "impression_id,user_id,timestamp,candidates\n"
    for number in 0..<count {
      let values = signals[.age, default: []][number * 10..<number * 10 + 10]
      let best = values.indices.filter { !values[$0].isNaN }.max { values[$0] < values[$1] }
      let candidates = values.indices.map { index in
        "\(index + 1)-\((index == best) != (flipped && number == count - 1) ? 1 : 0)"
      }
      text += "\(number),1,\(number),\(candidates.joined(separator: " "))\n"
    }
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try ImpressionList.read(path: path, progress: SilentProgress())
  }

  private var signals: [Signal: [Float]] {
    var generator = SeededGenerator(seed: 6)
    func column() -> [Float] {
      (0..<count * 10).map { $0 % 23 == 0 ? .nan : Float(generator.uniform() * 4 - 1) }
    }
    return [.age: column(), .length: column()]
  }

  private func replay(_ list: ImpressionList) -> ScoredModel {
    let scores = ReplayScores(candidates: count * 10)
    scores.ranker = .init(repeating: -2, count: count * 10)
    for (signal, column) in signals { scores.signals[signal].update(from: column, count: column.count) }
    return OnlineReplay(blend: blend, calibration: .none, rates: rates).scored(list, scores)
  }

  @Test("what decides is found: later impressions are ranked well, the first as the blend alone ranks it")
  func finds() throws {
    let list = try impressions()
    let model = replay(list)
    #expect(Array(model.scores[..<10]) == .init(repeating: -2, count: 10))
    let ranker = ScoredModel(name: "ranker", kind: .recipe, scores: .init(repeating: -2, count: count * 10))
    let random = ScoredModel(name: "random", kind: .baseline, scores: ranker.scores)
    let comparison = Comparison(
      list, popularity: { _ in 0.25 }, resamples: 200, seed: 7, parallel: Parallel(threads: 1))
    let result = try comparison.run([random, ranker, model], slices: [])
    let difference = try #require(result.models["online"]?.difference)
    #expect(difference.against == "ranker" && difference.low > 0.2, "\(difference)")
    #expect(result.models["ranker"]?.difference?.against == "random")
  }

  @Test("no impression is ranked with its own labels")
  func causal() throws {
    #expect(replay(try impressions()).scores == replay(try impressions(lastLabels: true)).scores)
  }
}
