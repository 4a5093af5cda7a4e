import Glibc

/// Turns the chunks of one file into checked rows: lines, header, field counts, and what to do with faults.
struct CSVRowReader {
  var report: FileReport
  private let file: CSVFile
  private let parser: CSVParser
  private var positions: [Int?]?
  private var headerCount = 0
  /// The physical line being fed, and the one on which the open row began.
  private var line = 1
  private var rowLine = 1
  /// After a fault of quoting: pass over everything up to the next line.
  private var isDiscarding = false

  init(file: CSVFile) {
    self.file = file
    report = FileReport(file: file.name)
    parser = CSVParser(file.layout)
    guard case .tabs(let places) = file.layout else { return }
    positions = places
    headerCount = file.columns.count
  }

  /// Feeds the chunk line by line, since libcsv does not say where in its input a row ended.
  mutating func consume(
    _ chunk: UnsafeRawBufferPointer, _ body: (CSVRow) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    var rest = chunk
    while let start = rest.baseAddress, !rest.isEmpty {
      let newline = memchr(start, 0x0A, rest.count)
      let count = newline.map { UnsafeRawPointer($0) - start + 1 } ?? rest.count
      try consume(segment: UnsafeRawBufferPointer(rebasing: rest[..<count]), body)
      if newline != nil {
        line += 1
        isDiscarding = false
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  private mutating func consume(
    segment: UnsafeRawBufferPointer, _ body: (CSVRow) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    if isDiscarding { return }
    if parser.isBetweenRows { rowLine = line }
    if file.layout != .commas, segment.contains(CSVLayout.noQuote) {
      try refuse("not valid UTF-8")
    } else if !parser.feed(segment) {
      try drain(body)
      try refuse("a quote inside an unquoted field, or text after a closing quote")
    } else {
      try drain(body)
      if parser.openBytes > CSVFile.rowBytes {
        let guess = file.layout == .commas ? "; is a quote left open?" : ""
        try refuse("the row takes more than \(CSVFile.rowBytes) bytes\(guess)")
      }
    }
  }

  /// Ends the file.
  mutating func finish(_ body: (CSVRow) throws(TrainingError) -> Void) throws(TrainingError) {
    let isClosed = parser.finish()
    try drain(body)
    if !isClosed { try refuse("the quote opened in this row is never closed") }
    if positions == nil, file.isRequired { throw .emptyFile(file: file.name) }
  }

  /// A fault of the row being fed: thrown, or counted and the rest of its last line passed over.
  private mutating func refuse(_ reason: String) throws(TrainingError) {
    let fault = RowFault(file: file.name, line: rowLine, reason: reason)
    if positions == nil || !file.skipsBadRows { throw .badRow(fault) }
    report.skip(fault)
    parser.reset()
    isDiscarding = true
  }

  private mutating func drain(_ body: (CSVRow) throws(TrainingError) -> Void) throws(TrainingError) {
    var (positions, headerCount, report) = (positions, headerCount, report)
    defer { (self.positions, self.headerCount, self.report) = (positions, headerCount, report) }
    try parser.drain { (fields) throws(TrainingError) in
      guard let found = positions else {
        positions = try header(fields)
        headerCount = fields.count
        return
      }
      do throws(TrainingError) {
        if fields.count != headerCount { throw wrongCount(fields.count, headerCount) }
        try body(
          CSVRow(file: file.name, line: rowLine, columns: file.columns, positions: found, fields: fields))
        report.rowsRead += 1
      } catch {
        guard file.skipsBadRows, case .badRow(let fault) = error else { throw error }
        report.skip(fault)
      }
    }
  }

  private func wrongCount(_ count: Int, _ expected: Int) -> TrainingError {
    let fields = count == 1 ? "1 field" : "\(count) fields"
    let wanted = file.layout == .commas ? "the header has \(expected)" : "there should be \(expected) between tabs"
    return .badRow(RowFault(file: file.name, line: rowLine, reason: "\(fields) where \(wanted)"))
  }

  /// Where the declared columns are.
  private func header(_ fields: CSVFields) throws(TrainingError) -> [Int?] {
    let names = (0..<fields.count).map { NumberText.shown(fields[$0]) }
    var positions: [Int?] = []
    for column in file.columns {
      let found = (0..<fields.count).filter { fields[$0].elementsEqual(column.name.utf8) }
      if found.count > 1 { throw .duplicateColumn(file: file.name, column: column.name) }
      if found.isEmpty, column.isRequired {
        throw .missingColumn(file: file.name, column: column.name, found: names)
      }
      positions.append(found.first)
    }
    return positions
  }
}
