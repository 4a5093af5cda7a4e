import Glibc

/// Writes a CSV file (RFC 4180 with LF line ends): fields with a comma, a quote or a line end are quoted.
package final class CSVWriter {
  private let path: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var isFirstField = true
  /// Rows written, the header included.
  package private(set) var rowCount = 0

  /// Creates or replaces the file and writes the header.
  package init(path: String, header: [String]) throws(TrainingError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .unreadableFile(path: path, reason: String(cString: strerror(errno))) }
    buffer.reserveCapacity(1 << 17)
    for name in header { field(name) }
    try endRow()
  }

  deinit { close(descriptor) }

  /// Adds a field to the row.
  package func field(_ text: String) {
    field(Array(text.utf8))
  }

  package func field(_ bytes: [UInt8]) {
    if !isFirstField { buffer.append(UInt8(ascii: ",")) }
    isFirstField = false
    let quote = UInt8(ascii: "\"")
    let needsQuotes = bytes.contains {
      $0 == quote || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
    }
    if !needsQuotes {
      buffer += bytes
      return
    }
    buffer.append(quote)
    for byte in bytes {
      if byte == quote { buffer.append(quote) }
      buffer.append(byte)
    }
    buffer.append(quote)
  }

  package func field(_ number: some BinaryInteger) {
    field(String(number))
  }

  /// Ends the row.
  package func endRow() throws(TrainingError) {
    buffer.append(UInt8(ascii: "\n"))
    isFirstField = true
    rowCount += 1
    if buffer.count >= 1 << 16 { try flush() }
  }

  /// Writes what is left. Must be the last call; a file that is not finished may lack its end.
  package func finish() throws(TrainingError) {
    try flush()
  }

  private func flush() throws(TrainingError) {
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes { bytes in
        write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw .unreadableFile(path: path, reason: String(cString: strerror(errno)))
      }
      written += count
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
