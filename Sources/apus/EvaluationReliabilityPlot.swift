import Evaluation
import Foundation

/// What the ranker's probabilities say against what happened, on log odds, above the numbers of candidates.
struct EvaluationReliabilityPlot {
  private static let ticks = [0.0001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999]

  private let bins: [ReliabilityBin]
  private let left = 70.0
  private let right = 660.0
  private let top = 14.0
  private let bottom = 394.0
  /// Where the bars of counts stand.
  private let floor = 510.0

  init(_ bins: [ReliabilityBin]) { self.bins = bins }

  func svg() -> String {
    var drawing = EvaluationDrawing(width: 680, height: 560)
    let shown = bins.flatMap { [$0.predicted, $0.observed] }.filter { $0 > 0 && $0 < 1 }.map(Self.logOdds)
    let bound = min(12, max(5, (shown.map(\.magnitude).max() ?? 5) + 0.6))
    let across = EvaluationScale(values: -bound...bound, from: left, to: right)
    let up = EvaluationScale(values: -bound...bound, from: bottom, to: top)
    for tick in Self.ticks where Self.logOdds(tick).magnitude <= bound {
      let (x, y) = (across(Self.logOdds(tick)), up(Self.logOdds(tick)))
      drawing.line(x, top, x, bottom, "grid")
      drawing.line(left, y, right, y, "grid")
      drawing.text(x, floor + 18, .middle, "tick", Self.share(tick))
      drawing.text(left - 8, y + 4, .end, "tick", Self.share(tick))
    }
    drawing.line(across(-bound), up(-bound), across(bound), up(bound), "ideal")
    drawing.text(across(-0.4 * bound) + 10, up(-0.4 * bound) + 22, .start, "tick", "said = happened")
    drawing.upright(18, (top + bottom) / 2, "axis", "engaged with")
    drawing.text((left + right) / 2, floor + 42, .middle, "axis", "probability that the ranker gives")
    addPoints(to: &drawing, across, up)
    addCounts(to: &drawing, across)
    return drawing.svg(
      "Reliability of the ranker's probabilities in \(bins.count) bins, with counts of candidates", size: "narrow")
  }

  private func addPoints(to drawing: inout EvaluationDrawing, _ across: EvaluationScale, _ up: EvaluationScale) {
    let inside = bins.filter { $0.observed > 0 && $0.observed < 1 }
    drawing.path(inside.map { (across(Self.logOdds($0.predicted)), up(Self.logOdds($0.observed))) }, "curve")
    for bin in bins {
      let x = across(Self.logOdds(bin.predicted))
      drawing.line(x, up(Self.logOdds(bin.observedLow)), x, up(Self.logOdds(bin.observedHigh)), "whisker recipe")
      let tip =
        "\(Self.share(bin.predicted)) said, \(Self.share(bin.observed)) happened: "
        + "\(EvaluationNumbers.count(bin.positives)) of \(EvaluationNumbers.count(bin.candidates))"
      let isInside = bin.observed > 0 && bin.observed < 1
      drawing.point(x, up(Self.logOdds(bin.observed)), radius: 4.5, isInside ? "dot recipe" : "dot hollow", tip: tip)
    }
  }

  /// Bars whose height is the logarithm of the count, so that a bin of ten can be seen beside one of 100,000.
  private func addCounts(to drawing: inout EvaluationDrawing, _ across: EvaluationScale) {
    let most = log10(Double(bins.map(\.candidates).max() ?? 1) + 1)
    let height = EvaluationScale(values: 0...max(1, most), from: 0, to: floor - bottom - 42)
    drawing.line(left, floor, right, floor, "base")
    drawing.upright(18, (floor + bottom) / 2 + 12, "axis", "candidates")
    for bin in bins {
      let x = across(Self.logOdds(bin.predicted))
      let bar = height(log10(Double(bin.candidates) + 1))
      drawing.rectangle(x - 11, floor - bar, width: 22, height: bar, "bar")
      drawing.text(x, floor - bar - 5, .middle, "tick", EvaluationNumbers.short(bin.candidates))
    }
  }

  /// 0 and 1 have none; they stand where the picture ends.
  private static func logOdds(_ share: Double) -> Double {
    share <= 0 ? -.greatestFiniteMagnitude : share >= 1 ? .greatestFiniteMagnitude : log(share / (1 - share))
  }

  private static func share(_ value: Double) -> String { String(format: "%.4g", value) }
}
