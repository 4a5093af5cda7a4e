/// How the bytes of a table become rows of named fields.
enum CSVLayout: Sendable, Equatable {
  /// Commas between fields, quotes around those that need them, names in the first row.
  case commas
  /// Tabs between fields and no quotes; no row of names: each declared column stands at its position, and a row has as
  /// many fields as there are columns.
  case tabs(positions: [Int])

  /// A byte of no UTF-8 text, which libcsv gets as the quote of a table that has none: rows that hold it are refused
  /// before libcsv sees them.
  static let noQuote: UInt8 = 0xFF
}
