import Text

/// Why no model could be trained. Every description names the offending file, row, option or value.
public enum TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A required input file is not there.
  case missingFile(path: String)
  /// The system refused to open, read or write a file.
  case unreadableFile(path: String, reason: String)
  /// A file without a header line.
  case emptyFile(file: String)
  /// A required file without a usable row.
  case noRows(file: String)
  /// The header lacks a required column.
  case missingColumn(file: String, column: String, found: [String])
  /// The header names a column twice, so that it is not known which one is meant.
  case duplicateColumn(file: String, column: String)
  /// A malformed row. The only error that `skipsBadRows` turns into a count.
  case badRow(RowFault)
  /// Two different keys of `kind` (user, tweet) have the same 64-bit id.
  case idCollision(kind: String, first: String, second: String, id: UInt64)
  /// More entities of `kind` than a 32-bit row number can tell apart.
  case tooManyEntities(kind: String, limit: Int)
  /// An option outside its range.
  case badOption(name: String, value: String, reason: String)
  /// Gradient descent left the range of numbers: the learning rate is too high for the data.
  case diverged(epoch: Int, learningRate: Double)
  /// The text options leave no term of texts that have some.
  case text(TfidfError)
  /// The system has no memory for what training needs.
  case outOfMemory(purpose: String)
  /// A file's users and edges cannot be ranked; `user` is the key of the one whose edges are at fault, where it is one.
  case graph(file: String, user: String?, GraphError)
  /// No neighbours could be found.
  case neighbours(reason: String)
  /// Least squares over engagements failed.
  case factors(reason: String)
  /// The file of embeddings cannot be used.
  case embeddings(path: String, reason: String)
  /// The model could not be assembled or written.
  case artifact(reason: String)

  /// Refuses an option outside its range.
  static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(TrainingError) {
    if !range.contains(value) {
      throw .badOption(name: name, value: "\(value)", reason: "must be \(range.lowerBound)…\(range.upperBound)")
    }
  }

  /// One line for people.
  public var description: String {
    switch self {
    case .missingFile(let path): "\(path): no such file"
    case .unreadableFile(let path, let reason): "\(path): \(reason)"
    case .emptyFile(let file): "\(file): the file is empty; a header line was expected"
    case .noRows(let file): "\(file): no usable row"
    case .missingColumn(let file, let column, let found):
      "\(file):1: required column \"\(column)\" is missing; the header has: \(found.joined(separator: ", "))"
    case .duplicateColumn(let file, let column): "\(file):1: column \"\(column)\" appears twice in the header"
    case .badRow(let fault): fault.description
    case .idCollision(let kind, let first, let second, let id):
      "\(kind) keys \"\(first)\" and \"\(second)\" have the same 64-bit id \(id); rename one of them"
    case .tooManyEntities(let kind, let limit): "more than \(limit) \(kind)s; a model holds no more"
    case .badOption(let name, let value, let reason): "option \(name) = \(value): \(reason)"
    case .diverged(let epoch, let rate):
      "the factors diverged in epoch \(epoch) with learning rate \(rate); choose a smaller one"
    case .text(let error): "tweets.csv: \(error)"
    case .outOfMemory(let purpose): "out of memory for \(purpose)"
    case .graph(let file, let user, let error):
      user.map { "\(file): user \"\($0)\": \(error)" } ?? "\(file): \(error)"
    case .neighbours(let reason): "neighbours: \(reason)"
    case .factors(let reason): "least squares: \(reason)"
    case .embeddings(let path, let reason): reason.contains(path) ? reason : "\(path): \(reason)"
    case .artifact(let reason): "model: \(reason)"
    }
  }
}
