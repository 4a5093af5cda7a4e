/// One row of an input file, its fields found by column and read as what they should be.
///
/// Columns are numbered as they were declared to ``CSVFile``; a field of an optional column that the file lacks is
/// nil or the default. Every accessor throws ``TrainingError/badRow(_:)`` with file, line, column, reason and value.
struct CSVRow {
  /// Name of the file, for messages.
  let file: String
  /// Physical line on which the row begins.
  let line: Int
  let columns: [CSVColumn]
  /// Position in the row of each declared column; nil where the file lacks it.
  let positions: [Int?]
  let fields: CSVFields

  /// Larger numbers are refused, so that no sum of them leaves the range of a Double.
  static let largestNumber = 1e15

  /// The field's bytes, checked to be UTF-8; nil if the file has no such column.
  func text(_ column: Int) throws(TrainingError) -> UnsafeRawBufferPointer? {
    guard let position = positions[column] else { return nil }
    let field = fields[position]
    if !UTF8Check.isValid(field) { throw fault(column, "not valid UTF-8", field) }
    return field
  }

  /// The field of an id column: UTF-8, at least one byte.
  func key(_ column: Int) throws(TrainingError) -> UnsafeRawBufferPointer {
    guard let field = try text(column), !field.isEmpty else { throw fault(column, "the id is empty", nil) }
    return field
  }

  /// The field of an id column that may be empty or absent.
  func optionalKey(_ column: Int) throws(TrainingError) -> UnsafeRawBufferPointer? {
    guard let field = try text(column), !field.isEmpty else { return nil }
    return field
  }

  /// A finite decimal number of magnitude up to 1e15.
  func number(_ column: Int) throws(TrainingError) -> Double {
    guard let position = positions[column] else { throw fault(column, "the number is missing", nil) }
    let field = fields[position]
    if field.isEmpty { throw fault(column, "the number is missing", nil) }
    guard let value = NumberText.double(field) else { throw fault(column, "not a finite number", field) }
    if value.magnitude > Self.largestNumber { throw fault(column, "beyond ±1e15", field) }
    return value
  }

  /// As ``number(_:)``, with a default for an empty field or an absent column.
  func number(_ column: Int, default value: Double) throws(TrainingError) -> Double {
    guard let position = positions[column], !fields[position].isEmpty else { return value }
    return try number(column)
  }

  /// Unix seconds, from a number of seconds or `2016-04-15T19:44:57Z`; nil for an empty field or an absent column.
  func time(_ column: Int) throws(TrainingError) -> Int64? {
    guard let position = positions[column], !fields[position].isEmpty else { return nil }
    guard let seconds = NumberText.unixSeconds(fields[position]) else {
      throw fault(column, "not a time in Unix seconds or as 2016-04-15T19:44:57Z", fields[position])
    }
    guard UnixTime.years.contains(seconds) else {
      throw fault(column, "not in the years 1 to 9999 (a time is in seconds, not milliseconds)", fields[position])
    }
    return seconds
  }

  /// Unix seconds, from a date and a time of twelve hours such as `11/15/2019 8:55:22 AM`, taken as UTC.
  func clockTime(_ column: Int) throws(TrainingError) -> Int64 {
    let field = try text(column) ?? UnsafeRawBufferPointer(start: nil, count: 0)
    guard let seconds = NumberText.clockSeconds(field), UnixTime.years.contains(seconds) else {
      throw fault(column, "not a time such as 11/15/2019 8:55:22 AM", field)
    }
    return seconds
  }

  /// The error that blames `column` of this row.
  func fault(_ column: Int, _ reason: String, _ value: UnsafeRawBufferPointer?) -> TrainingError {
    .badRow(
      RowFault(
        file: file, line: line, column: columns[column].name, reason: reason, value: value.map(NumberText.shown)))
  }
}

/// A column that a loader reads.
struct CSVColumn: Sendable {
  let name: String
  let isRequired: Bool

  static func required(_ name: String) -> CSVColumn { CSVColumn(name: name, isRequired: true) }
  static func optional(_ name: String) -> CSVColumn { CSVColumn(name: name, isRequired: false) }
}
