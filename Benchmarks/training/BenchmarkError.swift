/// What stops a benchmark.
enum BenchmarkError: Error, CustomStringConvertible {
  /// A line of the input that is not so many numbers.
  case badLine(file: String, line: Int)
  /// The system has no memory for the work.
  case outOfMemory
  /// No run was asked for.
  case nothingRan

  var description: String {
    switch self {
    case .badLine(let file, let line): "\(file):\(line): not the numbers that belong here"
    case .outOfMemory: "out of memory"
    case .nothingRan: "no run was asked for"
    }
  }
}
