import Foundation
import Kernels
import Ranking
import Testing

@testable import Evaluation

@Suite("What an evaluation reports beside the metrics")
struct ReportPartTests {
  @Test("each signal of a moment is in exactly one group")
  func groups() {
    let grouped = SignalGroup.allCases.flatMap(\.signals)
    #expect(Set(grouped) == Set(Signal.ofMoment) && grouped.count == Signal.ofMoment.count)
  }

  @Test("the interval of a share holds the truth about as often as it says")
  func wilson() {
    var random = SeededGenerator(seed: 2)
    var covered = 0
    for _ in 0..<1_000 {
      let interval = WilsonInterval(hits: (0..<80).count { _ in random.uniform() < 0.07 }, of: 80)
      if interval.low <= 0.07, interval.high >= 0.07 { covered += 1 }
    }
    #expect(covered > 920 && covered < 985, "\(covered) of 1000")
    // By the formula: 1 of 10 and z = 1.96.
    let tenth = WilsonInterval(hits: 1, of: 10)
    #expect(abs(tenth.low - 0.01787621) < 1e-6 && abs(tenth.high - 0.40415003) < 1e-6)
    #expect(WilsonInterval(hits: 0, of: 5).low == 0 && WilsonInterval(hits: 5, of: 5).high == 1)
    #expect(WilsonInterval(hits: 0, of: 0) == WilsonInterval(hits: 0, of: 0))
  }

  @Test("bins of the probabilities hold every candidate once, and true probabilities lie within their intervals")
  func reliability() {
    var random = SeededGenerator(seed: 3)
    let scores = (0..<40_000).map { _ in Float(random.gaussian() * 3) }
    let labels = scores.map { Float(random.uniform()) < 1 / (1 + exp(-$0)) }
    let bins = ReliabilityBin.bins(
      logOdds: scores + [.infinity, -.infinity, .nan], labels: labels + [true, false, true])
    #expect(bins.reduce(0) { $0 + $1.candidates } == 40_002)
    #expect(bins.reduce(0) { $0 + $1.positives } == labels.count { $0 } + 1)
    #expect(bins.map(\.predicted) == bins.map(\.predicted).sorted())
    let right = bins.count { $0.observedLow <= $0.predicted && $0.predicted <= $0.observedHigh }
    #expect(right >= bins.count - 3, "\(right) of \(bins.count)")
    let tooSure = ReliabilityBin.bins(logOdds: scores.map { 3 * $0 }, labels: labels)
    let wrong = tooSure.count { !($0.observedLow <= $0.predicted && $0.predicted <= $0.observedHigh) }
    #expect(wrong > tooSure.count / 2)
  }

  @Test("bins of age hold every candidate once, youngest first, the unknown last")
  func ages() {
    let hours: [Double] = [0, 0.5, 1, 23.9, 24, 9_000, .nan]
    let scores: [Float] = [1, 3, 5, 7, 9, 11, 13]
    let bins = AgeBin.bins(
      ages: hours.map { Float(log1p($0)) }, scores: scores, labels: [true, false, false, false, false, false, true])
    #expect(bins.map(\.candidates).reduce(0, +) == 7 && bins.map(\.positives).reduce(0, +) == 2)
    #expect(bins.first?.hoursFrom == 0 && bins.first?.hoursTo == 1 && bins.first?.meanScore == 2)
    #expect(abs((bins.first?.meanProbability ?? 0) - (1 / (1 + exp(-1.0)) + 1 / (1 + exp(-3.0))) / 2) < 1e-9)
    #expect(bins.last?.hoursFrom == nil && bins.last?.meanScore == 13)
    #expect(bins.dropLast().last?.hoursFrom == 8_760 && bins.dropLast().last?.hoursTo == nil)
    let starts = bins.compactMap(\.hoursFrom)
    #expect(starts == starts.sorted() && starts.contains(24) && starts.contains(16))
  }
}
