import Evaluation

/// An evaluation as tables for people.
struct EvaluationView {
  private let tables: EvaluationTables

  init(_ result: EvaluationResult) { tables = EvaluationTables(result: result) }

  /// The models, best first, then the slices, natural and made, then what groups of signals add, then what was left out.
  func text() -> String {
    let parts = [tables.models(), tables.slices(), tables.madeSlices(), tables.ablation()].filter { !$0.rows.isEmpty }
      .map(Self.render)
    return (parts + [tables.notes().joined(separator: "\n")]).joined(separator: "\n\n")
  }

  private static func render(_ table: EvaluationTables.Table) -> String {
    var text = TextTable(table.columns.map { ($0.title, $0.alignment) })
    for row in table.rows { text.add(row) }
    return text.render()
  }
}
