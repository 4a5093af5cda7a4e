/// How much of a node's log the stream has been given: the last sequence, and the fingerprint of the entry that had it.
///
/// As text `sequence:fingerprint`, the latter in hexadecimal digits, or `-` where who set it did not know.
struct LogCursor: Equatable {
  var sequence: UInt64
  var fingerprint: UInt32?
  /// As Redis has it, to be compared there.
  let text: String

  /// Nothing yet.
  static let start = LogCursor(text: "0:-")

  init(sequence: UInt64, fingerprint: UInt32) {
    self.sequence = sequence
    self.fingerprint = fingerprint
    text = "\(sequence):\(String(fingerprint, radix: 16))"
  }

  /// Any text; what is no cursor is one at 0.
  init(text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    sequence = parts.first.flatMap { UInt64($0) } ?? 0
    fingerprint = parts.count == 2 ? UInt32(parts[1], radix: 16) : nil
    self.text = text
  }
}
