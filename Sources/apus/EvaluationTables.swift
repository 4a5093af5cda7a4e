import Evaluation

/// The tables of an evaluation as cells, the same for the terminal and the page.
struct EvaluationTables {
  /// Titles, and rows of cells.
  struct Table {
    let columns: [(title: String, alignment: TextTable.Alignment)]
    var rows: [[String]] = []
  }

  let result: EvaluationResult

  /// Models, best first.
  var ranked: [(name: String, line: EvaluationResult.Line)] {
    result.models.map { (name: $0.key, line: $0.value) }
      .sorted { (($0.line.ndcg ?? -1), $1.name) > (($1.line.ndcg ?? -1), $0.name) }
  }

  /// All metrics of all models.
  func models() -> Table {
    typealias Numbers = EvaluationNumbers
    let rows = ranked.map { name, line in
      [
        name, Numbers.number(line.ndcg), Numbers.interval(line.ndcgLow, line.ndcgHigh),
        line.difference.map { Numbers.difference($0.mean, $0.low, $0.high) } ?? "", Numbers.number(line.mrr),
        Numbers.number(line.map), Numbers.number(line.auc), Numbers.number(line.recall),
        Numbers.number(line.rce, places: 1), Numbers.number(line.ece), Numbers.number(line.coverage),
        Numbers.number(line.novelty, places: 1),
      ]
    }
    return Table(
      columns: [
        ("model", .left), ("NDCG@10", .right), ("95 %", .left), ("against best single", .left), ("MRR", .right),
        ("MAP@10", .right), ("AUC", .right), ("recall@10", .right), ("RCE %", .right), ("ECE", .right),
        ("coverage", .right), ("novelty", .right),
      ], rows: rows)
  }

  /// NDCG@10 on parts of the impressions, of the recipes, chance and the best signals.
  func slices() -> Table {
    let shown = ["ranker", "classic", "random"] + ranked.filter { $0.line.kind == .signal }.prefix(3).map(\.name)
    let slices = result.slices.filter { $0.value.impressions > 0 }.sorted { $0.key < $1.key }
    return Table(
      columns: [("NDCG@10 of", .left), ("impressions", .right)] + shown.map { ($0, .right) },
      rows: slices.map { name, slice in
        [name, EvaluationNumbers.count(slice.impressions)] + shown.map { EvaluationNumbers.number(slice.ndcg[$0]) }
      })
  }

  /// NDCG@10 where something was hidden on purpose.
  func madeSlices() -> Table {
    typealias Numbers = EvaluationNumbers
    let slices = result.madeSlices.sorted { $0.key < $1.key }
    return Table(
      columns: [
        ("made harder", .left), ("impressions", .right), ("ranker", .right), ("random", .right),
        ("difference, 95 %", .left), ("as they were", .right),
      ],
      rows: slices.map { name, slice in
        let difference = slice.difference
        return [
          name, Numbers.count(slice.impressions), Numbers.number(slice.ranker), Numbers.number(slice.random),
          Numbers.difference(difference.mean, difference.low, difference.high), Numbers.number(slice.unchanged),
        ]
      })
  }

  /// What groups of signals add, most first; no rows unless it was asked for.
  func ablation() -> Table {
    Table(
      columns: [("without", .left), ("NDCG@10", .right), ("lost", .left), ("signals", .left)],
      rows: result.ablation.map { line in
        [
          line.group, EvaluationNumbers.number(line.ndcg, places: 4),
          EvaluationNumbers.difference(line.gain, line.gainLow, line.gainHigh, places: 4),
          line.signals.joined(separator: ", "),
        ]
      })
  }

  /// What else is to know, in sentences.
  func notes() -> [String] {
    var notes = ["\(result.impressions) impressions, seed \(result.seed)."]
    if result.withoutPositive > 0 { notes.append("\(result.withoutPositive) without a positive count nowhere.") }
    if result.withoutNegative > 0 { notes.append("\(result.withoutNegative) without a negative have no AUC.") }
    if result.mergedCandidates > 0 {
      let merged = result.mergedCandidates == 1 ? "1 candidate was" : "\(result.mergedCandidates) candidates were"
      notes.append("\(merged) listed twice in an impression and merged.")
    }
    if result.skippedImpressions > 0 {
      let skipped =
        result.skippedImpressions == 1
        ? "1 row of the impressions was" : "\(result.skippedImpressions) rows of the impressions were"
      notes.append("\(skipped) malformed and passed over.")
    }
    if !result.switchedOff.isEmpty { notes.append("Switched off: \(result.switchedOff.joined(separator: "; ")).") }
    return notes
  }
}
