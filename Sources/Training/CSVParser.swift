import CLibcsv

/// Cuts a stream of bytes into rows of fields with libcsv in strict mode.
///
/// Feed, then read the finished rows, then clear them. The parser does no I/O and knows no lines or columns.
/// Its memory is bounded: whoever feeds it looks at ``openBytes`` and gives up on a row that grows without end.
final class CSVParser {
  private let parser: UnsafeMutablePointer<csv_parser>
  /// Fields of the finished rows, then those of the open row, back to back.
  private var bytes: [UInt8] = []
  /// Where each field ends in ``bytes``.
  private var fieldEnds: [Int] = []
  /// How many fields there are up to the end of each finished row.
  private var rowEnds: [Int] = []
  private let layout: CSVLayout

  init(_ layout: CSVLayout) {
    self.layout = layout
    parser = .allocate(capacity: 1)
    start()
  }

  deinit {
    csv_free(parser)
    parser.deallocate()
  }

  private func start() {
    csv_init(parser, UInt8(CSV_STRICT | CSV_STRICT_FINI))
    csv_set_blk_size(parser, 4096)
    guard case .tabs = layout else { return }
    csv_set_delim(parser, UInt8(ascii: "\t"))
    csv_set_quote(parser, CSVLayout.noQuote)
  }

  /// True between rows: nothing of a further row has been fed but blanks and line ends.
  var isBetweenRows: Bool { parser.pointee.pstate == 0 }

  /// Bytes held for the row that is not finished yet, those of its fields' ends included: a field may be empty.
  var openBytes: Int {
    let openFields = fieldEnds.count - (rowEnds.last ?? 0)
    return bytes.count + parser.pointee.entry_pos + openFields * MemoryLayout<Int>.stride
  }

  /// Takes in the next bytes. False if they break the rules of quoting; only ``reset()`` helps then.
  func feed(_ segment: UnsafeRawBufferPointer) -> Bool {
    let me = Unmanaged.passUnretained(self).toOpaque()
    return csv_parse(parser, segment.baseAddress, segment.count, fieldDone, rowDone, me) == segment.count
  }

  /// Ends the stream, finishing a last row without a line end. False if a quote is still open.
  func finish() -> Bool {
    csv_fini(parser, fieldDone, rowDone, Unmanaged.passUnretained(self).toOpaque()) == 0
  }

  /// Forgets everything and begins between rows again.
  func reset() {
    csv_free(parser)
    start()
    bytes.removeAll(keepingCapacity: true)
    fieldEnds.removeAll(keepingCapacity: true)
    rowEnds.removeAll(keepingCapacity: true)
  }

  /// Hands the finished rows to `body` in order and forgets them, also when `body` throws.
  func drain(_ body: (CSVFields) throws(TrainingError) -> Void) throws(TrainingError) {
    guard let lastField = rowEnds.last else { return }
    defer { forget(fields: lastField) }
    try bytes.withUnsafeBufferPointer { (buffer) throws(TrainingError) in
      var first = 0
      for end in rowEnds {
        try body(CSVFields(bytes: UnsafeRawBufferPointer(buffer), ends: fieldEnds, first: first, count: end - first))
        first = end
      }
    }
  }

  private func forget(fields: Int) {
    let kept = fieldEnds[fields...]
    let dropped = fields > 0 ? fieldEnds[fields - 1] : 0
    let openEnds = kept.map { $0 - dropped }
    bytes.removeFirst(dropped)
    fieldEnds.removeAll(keepingCapacity: true)
    fieldEnds.append(contentsOf: openEnds)
    rowEnds.removeAll(keepingCapacity: true)
  }

  fileprivate func didEndField(_ field: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: field)
    fieldEnds.append(bytes.count)
  }

  fileprivate func didEndRow() {
    rowEnds.append(fieldEnds.count)
  }
}

/// The fields of one row, valid while the parser hands them out.
struct CSVFields {
  fileprivate let bytes: UnsafeRawBufferPointer
  fileprivate let ends: [Int]
  fileprivate let first: Int
  /// Fields in the row.
  let count: Int

  /// The bytes of field `index`, without quotes, and without the blanks around them.
  subscript(index: Int) -> UnsafeRawBufferPointer {
    let field = first + index
    let start = field == 0 ? 0 : ends[field - 1]
    return UnsafeRawBufferPointer(rebasing: bytes[start..<ends[field]])
  }
}

private func fieldDone(_ field: UnsafeMutableRawPointer?, _ count: Int, _ parser: UnsafeMutableRawPointer?) {
  guard let parser else { return }
  Unmanaged<CSVParser>.fromOpaque(parser)._withUnsafeGuaranteedRef {
    $0.didEndField(UnsafeRawBufferPointer(start: field, count: count))
  }
}

private func rowDone(_ terminator: Int32, _ parser: UnsafeMutableRawPointer?) {
  guard let parser else { return }
  Unmanaged<CSVParser>.fromOpaque(parser)._withUnsafeGuaranteedRef { $0.didEndRow() }
}
