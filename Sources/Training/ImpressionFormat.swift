/// How a file of impressions is written.
package enum ImpressionFormat: String, Sendable, CaseIterable {
  /// CSV with a header: `impression_id,user_id,timestamp,candidates`.
  case apus
  /// `behaviors.tsv` of MIND (Wu et al., "MIND: A Large-scale Dataset for News Recommendation", ACL 2020): fields
  /// between tabs and no header: impression, user, time, history, candidates. The history is looked at for well-formed
  /// text and no further: it has no times, and what the user did before belongs in the data folder.
  case mind

  /// The columns that ``ImpressionList`` reads: impression, user, time, candidates and, in MIND, the history.
  var columns: [CSVColumn] {
    switch self {
    case .apus:
      [.required("impression_id"), .required("user_id"), .optional("timestamp"), .required("candidates")]
    case .mind:
      ["impression", "user", "time", "candidates", "history"].map { .required($0) }
    }
  }

  var layout: CSVLayout {
    switch self {
    case .apus: .commas
    case .mind: .tabs(positions: [0, 1, 2, 4, 3])
    }
  }

  /// The moment of a row: in MIND always there, else perhaps not.
  func time(of row: CSVRow) throws(TrainingError) -> Int64? {
    switch self {
    case .apus: try row.time(2)
    case .mind: try row.clockTime(2)
    }
  }
}
