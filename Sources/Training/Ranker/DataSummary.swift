/// How much there is in a data folder, and from when.
package struct DataSummary: Sendable, Encodable {
  package let users: Int
  package let tweets: Int
  package let engagements: Int
  /// Engagements before the first impression: what was learned from.
  package let engagementsBefore: Int
  /// Rows of the user graph.
  package let edges: Int
  /// Malformed rows passed over.
  package let skippedRows: Int
  /// Unix seconds of the newest row; nil without times.
  package let newest: Int64?
  /// XXH3-64 of the files' bytes, in hexadecimal.
  package let fingerprint: String

  enum CodingKeys: String, CodingKey {
    case users, tweets, engagements
    case engagementsBefore = "engagements_before"
    case edges
    case skippedRows = "skipped_rows"
    case newest, fingerprint
  }
}
