import Evaluation
import Foundation

/// An evaluation as a table for people.
struct EvaluationView {
  private let result: EvaluationResult

  init(_ result: EvaluationResult) { self.result = result }

  /// The models, best first, then the slices, then what was left out.
  func text() -> String {
    [models(), slices(), notes()].filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var ranked: [(name: String, line: EvaluationResult.Line)] {
    result.models.map { (name: $0.key, line: $0.value) }
      .sorted { (($0.line.ndcg ?? -1), $1.name) > (($1.line.ndcg ?? -1), $0.name) }
  }

  private func models() -> String {
    var table = TextTable([
      ("model", .left), ("NDCG@10", .right), ("95 %", .left), ("against best single", .left), ("MRR", .right),
      ("MAP@10", .right), ("AUC", .right), ("recall@10", .right), ("RCE %", .right), ("ECE", .right),
      ("coverage", .right), ("novelty", .right),
    ])
    for (name, line) in ranked {
      var difference = ""
      if let found = line.difference {
        difference = String(format: "%+.3f (%+.3f … %+.3f)", found.mean, found.low, found.high)
      }
      table.add([
        name, Self.number(line.ndcg), "\(Self.number(line.ndcgLow)) … \(Self.number(line.ndcgHigh))", difference,
        Self.number(line.mrr), Self.number(line.map), Self.number(line.auc), Self.number(line.recall),
        Self.number(line.rce, places: 1), Self.number(line.ece), Self.number(line.coverage),
        Self.number(line.novelty, places: 1),
      ])
    }
    return table.render()
  }

  private func slices() -> String {
    let shown = ["ranker", "classic", "random"] + ranked.filter { $0.line.kind == .signal }.prefix(3).map(\.name)
    var table = TextTable([("NDCG@10 of", .left), ("impressions", .right)] + shown.map { ($0, .right) })
    for (name, slice) in result.slices.sorted(by: { $0.key < $1.key }) where slice.impressions > 0 {
      table.add([name, "\(slice.impressions)"] + shown.map { Self.number(slice.ndcg[$0]) })
    }
    return table.render()
  }

  private func notes() -> String {
    var notes = ["\(result.impressions) impressions, seed \(result.seed)."]
    if result.withoutPositive > 0 { notes.append("\(result.withoutPositive) without a positive count nowhere.") }
    if result.withoutNegative > 0 { notes.append("\(result.withoutNegative) without a negative have no AUC.") }
    if result.mergedCandidates > 0 {
      let count = result.mergedCandidates
      notes.append(
        "\(count) \(count == 1 ? "candidate was" : "candidates were") listed twice in an impression and merged.")
    }
    if !result.switchedOff.isEmpty { notes.append("Switched off: \(result.switchedOff.joined(separator: "; ")).") }
    return notes.joined(separator: "\n")
  }

  private static func number(_ value: Double?, places: Int = 3) -> String {
    value.map { String(format: "%.\(places)f", $0) } ?? "–"
  }
}
