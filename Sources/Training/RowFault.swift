/// What is wrong with one row of an input file, said so that a person can find and mend it.
public struct RowFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// Name of the file inside the data folder.
  public var file: String
  /// Physical line (from 1) on which the row begins; a quoted field may carry the row over further lines.
  public var line: Int
  /// The column at fault; nil where the row as a whole is.
  public var column: String?
  /// Why the row is refused.
  public var reason: String
  /// The offending value, shortened; nil where there is none to show.
  public var value: String?

  /// Describes a fault in `file` at `line`.
  public init(file: String, line: Int, column: String? = nil, reason: String, value: String? = nil) {
    self.file = file
    self.line = line
    self.column = column
    self.reason = reason
    self.value = value
  }

  /// `file:line: column: reason: "value"`.
  public var description: String {
    var text = "\(file):\(line): "
    if let column { text += "\(column): " }
    text += reason
    if let value { text += ": \"\(value)\"" }
    return text
  }
}
