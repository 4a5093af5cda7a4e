import Artifact
import Glibc

/// Streams one file of rows and fields row by row, through a buffer of fixed size.
///
/// Columns are found by header name in any order, unknown ones are ignored; in a ``CSVLayout`` without a header they have
/// fixed places. A UTF-8 byte order mark, CRLF and blank
/// lines are fine. Lines are counted by line feeds. Every byte read goes into the fingerprint.
struct CSVFile {
  /// Bytes read at a time.
  static let chunkBytes = 256 * 1024
  /// A row longer than this is a fault: most often a quote that nobody closed.
  static let rowBytes = 1 << 20

  let folder: String
  let name: String
  let columns: [CSVColumn]
  /// A required file must be there and have a header.
  let isRequired: Bool
  let skipsBadRows: Bool
  var layout = CSVLayout.commas

  /// Calls `body` with each row. A `badRow` that `body` throws is counted instead where ``skipsBadRows``.
  ///
  /// - Throws: what `body` throws; a missing, unreadable or empty file, a header without a required column or with one
  ///   twice, and a malformed row.
  func forEachRow(
    fingerprint: Fingerprint, progress: TrainingProgress, _ body: (CSVRow) throws(TrainingError) -> Void
  ) throws(TrainingError) -> FileReport {
    let path = folder + "/" + name
    guard let input = try InputFile(path: path) else {
      if isRequired { throw .missingFile(path: path) }
      return FileReport(file: name, isPresent: false)
    }
    var rows = CSVRowReader(file: self)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkBytes, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try input.read(into: buffer)
      if count == 0 { break }
      var chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      fingerprint.update(chunk)
      if rows.report.bytes == 0, chunk.starts(with: [0xEF, 0xBB, 0xBF]) {
        chunk = UnsafeRawBufferPointer(rebasing: chunk[3...])
      }
      rows.report.bytes += count
      try rows.consume(chunk, body)
      progress.update(stage: "read \(name)", completed: rows.report.bytes, total: input.byteCount)
    }
    try rows.finish(body)
    progress.finish(stage: "read \(name)", detail: rows.report.description)
    return rows.report
  }
}
