/// What came out of reading one input file.
public struct FileReport: Codable, Sendable, Equatable, CustomStringConvertible {
  /// Name of the file inside the data folder.
  public var file: String
  /// False for an optional file that is not there.
  public var isPresent = true
  /// Bytes read.
  public var bytes = 0
  /// Rows taken in, the header and skipped rows not counted.
  public var rowsRead = 0
  /// Malformed rows passed over.
  public var rowsSkipped = 0
  /// What was wrong with the first few of them.
  public var firstFaults: [String] = []

  /// Faults kept in ``firstFaults``.
  static let faultsKept = 5

  init(file: String, isPresent: Bool = true) {
    self.file = file
    self.isPresent = isPresent
  }

  mutating func skip(_ fault: RowFault) {
    rowsSkipped += 1
    if firstFaults.count < Self.faultsKept { firstFaults.append(fault.description) }
  }

  /// A few words, such as `1,200 rows, 3 skipped`.
  public var description: String {
    if !isPresent { return "not there" }
    let skipped = rowsSkipped > 0 ? ", \(ReportText.count(rowsSkipped)) skipped" : ""
    return "\(ReportText.count(rowsRead)) rows\(skipped)"
  }
}
