import Glibc

/// An open file of a log, closed when this goes; every call goes on after a signal.
final class SegmentFile {
  /// For messages.
  var path: String
  private let files: any FileOperations
  private let descriptor: Int32

  /// Opens the file, or with `creating` makes it anew.
  init(_ path: String, creating: Bool = false, files: any FileOperations) throws(FeedbackError) {
    self.path = path
    self.files = files
    descriptor = files.open(path, creating: creating)
    guard descriptor >= 0 else {
      throw .inputOutput(path: path, operation: creating ? "create" : "open", code: -descriptor)
    }
  }

  deinit { files.close(descriptor) }

  /// The length.
  func size() throws(FeedbackError) -> Int {
    let size = files.size(of: descriptor)
    if size == -Int(EINVAL) { throw .notALog(path: path, reason: "it is not a regular file") }
    guard size >= 0 else { throw failure("inspect", -size) }
    return size
  }

  /// Seconds since it was last written; 0 where that is not known.
  var age: Int64 { max(0, files.age(of: descriptor)) }

  /// Up to `count` bytes from `offset`; fewer at the end of the file.
  func read(at offset: Int, count: Int) throws(FeedbackError) -> [UInt8] {
    var code = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
      while filled < count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<count])
        let got = files.read(into: rest, from: descriptor, at: offset + filled)
        if got == -Int(EINTR) { continue }
        if got < 0 { code = -got }
        if got <= 0 { return }
        filled += got
      }
    }
    guard code == 0 else { throw failure("read", code) }
    return bytes
  }

  /// Writes all bytes; a short write is continued.
  func write(_ bytes: [UInt8], at offset: Int) throws(FeedbackError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        files.write(UnsafeRawBufferPointer(rebasing: raw[written...]), to: descriptor, at: offset + written)
      }
      if count == -Int(EINTR) { continue }
      // A write of nothing would be tried for ever.
      guard count > 0 else { throw failure("write to", count == 0 ? Int(ENOSPC) : -count) }
      written += count
    }
  }

  /// Waits until everything written is durable. After a throw the system may have dropped what was written, and would
  /// not say so a second time.
  func synchronize() throws(FeedbackError) {
    let code = files.synchronize(descriptor)
    guard code == 0 else { throw .poisoned(path: path, operation: "flush", code: code) }
  }

  /// Sets the length; says whether that worked.
  func truncate(to length: Int) -> Bool { files.truncate(descriptor, to: length) == 0 }

  /// Gives the file the length `length` if there is space for that; else it keeps `used` and grows as it is written.
  func preallocate(_ length: Int, used: Int) {
    // Where there is too little space some systems keep what they had found.
    if files.allocate(descriptor, length: length) != 0 { _ = files.truncate(descriptor, to: used) }
  }

  private func failure(_ operation: String, _ code: Int) -> FeedbackError {
    .inputOutput(path: path, operation: operation, code: Int32(truncatingIfNeeded: code))
  }
}
