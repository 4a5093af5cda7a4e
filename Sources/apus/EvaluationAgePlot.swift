import Evaluation
import Foundation

/// The ranker's mean score against the age of tweets, beside what happened.
struct EvaluationAgePlot {
  private let bins: [AgeBin]

  init(_ bins: [AgeBin]) { self.bins = bins }

  func svg() -> String {
    let (left, right, top, bottom) = (70.0, 800.0, 34.0, 334.0)
    var drawing = EvaluationDrawing(width: 820, height: bottom + 74)
    let happened = bins.map { Self.logOdds(Double($0.positives) / Double($0.candidates)) }
    let said = bins.map { Self.logOdds($0.meanProbability) }
    let values = bins.map(\.meanScore) + (happened + said).compactMap { $0 }
    let low = (values.min() ?? -1).rounded(.down), high = max(low + 2, (values.max() ?? 1).rounded(.up))
    let up = EvaluationScale(values: low...high, from: bottom, to: top)
    let step = high - low > 12 ? 4 : 2
    for tick in Int(low)...Int(high) where tick % step == 0 {
      drawing.line(left, up(Double(tick)), right, up(Double(tick)), tick == 0 ? "base" : "grid")
      drawing.text(left - 8, up(Double(tick)) + 4, .end, "tick", "\(tick)")
    }
    let width = (right - left) / Double(max(1, bins.count))
    let places = bins.indices.map { left + (Double($0) + 0.5) * width }
    let dated = bins.indices.filter { bins[$0].hoursFrom != nil }
    drawing.path(dated.compactMap { bin in said[bin].map { (places[bin], up($0)) } }, "curve said")
    drawing.path(dated.compactMap { bin in happened[bin].map { (places[bin], up($0)) } }, "curve happened")
    drawing.path(dated.map { (places[$0], up(bins[$0].meanScore)) }, "curve")
    for (index, x) in places.enumerated() {
      let bin = bins[index]
      let name = Self.name(bin)
      drawing.text(x, bottom + 20, .middle, "tick", name)
      drawing.text(x, bottom + 38, .middle, "tick faint", EvaluationNumbers.short(bin.candidates))
      if let odds = said[index] {
        drawing.point(x, up(odds), radius: 3.5, "dot hollow", tip: "\(name): log odds \(Self.short(odds)) said")
      }
      if let odds = happened[index] {
        drawing.point(x, up(odds), radius: 4, "dot happened", tip: "\(name): log odds \(Self.short(odds)) happened")
      }
      drawing.point(x, up(bin.meanScore), radius: 4.5, "dot recipe", tip: "\(name): score \(Self.short(bin.meanScore))")
    }
    drawing.upright(18, (top + bottom) / 2, "axis", "log odds")
    drawing.text((left + right) / 2, bottom + 62, .middle, "axis", "age from … on")
    drawing.point(left + 12, 14, radius: 4.5, "dot recipe")
    drawing.text(left + 22, 18, .start, "label", "mean score")
    drawing.point(left + 132, 14, radius: 3.5, "dot hollow")
    drawing.text(left + 142, 18, .start, "label", "log odds of the mean probability")
    drawing.point(left + 382, 14, radius: 4, "dot happened")
    drawing.text(left + 392, 18, .start, "label", "log odds of what happened")
    return drawing.svg(
      "Mean score of the ranker against age in \(bins.count) bins, beside the log odds of what happened")
  }

  /// Log odds of a share; nil where that is none or all.
  private static func logOdds(_ share: Double) -> Double? {
    share > 0 && share < 1 ? log(share / (1 - share)) : nil
  }

  private static func short(_ value: Double) -> String { String(format: "%+.2f", value) }

  private static func name(_ bin: AgeBin) -> String {
    guard let hours = bin.hoursFrom else { return "unknown" }
    if hours < 48 { return "\(Int(hours)) h" }
    return hours < 8_760 ? "\(Int(hours / 24)) d" : "1 y"
  }
}
