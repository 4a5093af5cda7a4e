import Foundation

/// Recorded calls and when they were sent. README.md describes the file.
///
/// Immutable after `init` and therefore shared by all threads.
final class Recording: Sendable {
  struct Record {
    /// Since the recording began.
    let nanos: UInt64
    let connection: UInt32
    /// Where the encoded call is in the file.
    let bytes: Range<Int>
  }

  static let magic = Array("APUSREC1".utf8)
  /// Of a record before its call.
  static let headBytes = 16
  /// The longest call: longer ones no server takes.
  static let longestCall = 16 << 20

  let records: [Record]
  /// Bytes after the last whole record: the recording was cut short there.
  let bytesLeft: Int
  private let data: Data

  /// Reads the file whole.
  init(path: String) throws(LoadError) {
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw .file(path: path, reason: "cannot be read")
    }
    guard data.starts(with: Self.magic) else { throw .file(path: path, reason: "is not a recording of calls") }
    var records: [Record] = []
    var offset = Self.magic.count
    var latest: UInt64 = 0
    while data.count - offset >= Self.headBytes {
      let nanos = data.number(UInt64.self, at: offset)
      let connection = data.number(UInt32.self, at: offset + 8)
      let length = Int(data.number(UInt32.self, at: offset + 12))
      guard length <= Self.longestCall, nanos >= latest, nanos < UInt64(86_400_000_000_000) else {
        throw .file(
          path: path, reason: "record \(records.count) is damaged: its time is \(nanos), its length \(length)")
      }
      let begin = offset + Self.headBytes
      guard data.count - begin >= length else { break }
      records.append(Record(nanos: nanos, connection: connection, bytes: begin..<begin + length))
      latest = nanos
      offset = begin + length
    }
    guard !records.isEmpty else { throw .file(path: path, reason: "holds no whole call") }
    self.records = records
    bytesLeft = data.count - offset
  }

  var seconds: Double { Double(records.last?.nanos ?? 0) / 1e9 }
  var connections: Int { Set(records.map(\.connection)).count }

  /// The encoded call of the record at `place`.
  func withCall(_ place: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
    let range = records[place].bytes
    data.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }
}

extension Data {
  /// A little-endian number; the caller has made sure that it is there.
  fileprivate func number<Number: FixedWidthInteger>(_: Number.Type, at offset: Int) -> Number {
    withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self)) }
  }
}
