import Glibc

/// An open file that closes itself; every call retries when a signal interrupts it.
package struct FileDescriptor: ~Copyable {
  private let number: Int32
  /// For messages.
  package let path: String

  package init(
    opening path: String, flags: Int32, mode: mode_t = 0, operation: String = "open"
  ) throws(ArtifactError) {
    var number: Int32 = -1
    repeat {
      number = open(path, flags | O_CLOEXEC, mode)
    } while number < 0 && errno == EINTR
    guard number >= 0 else {
      throw .system(operation: operation, path: path, code: errno)
    }
    self.number = number
    self.path = path
  }

  deinit {
    close(number)
  }

  /// What the kernel knows of the file.
  package func status() throws(ArtifactError) -> stat {
    var status = stat()
    guard fstat(number, &status) == 0 else {
      throw .system(operation: "inspect", path: path, code: errno)
    }
    return status
  }

  /// The size in bytes of a regular file; refuses anything else.
  package func regularFileSize() throws(ArtifactError) -> Int {
    let status = try status()
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .notAFile(path: path)
    }
    return Int(status.st_size)
  }

  /// Goes back to the first byte.
  func rewind() throws(ArtifactError) {
    guard lseek(number, 0, SEEK_SET) == 0 else {
      throw .system(operation: "rewind", path: path, code: errno)
    }
  }

  /// Fills `bytes` from the file; returns how many there were before the end of the file.
  func read(into bytes: UnsafeMutableRawBufferPointer) throws(ArtifactError) -> Int {
    var filled = 0
    while filled < bytes.count {
      let part = UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
      let got = Glibc.read(number, part.baseAddress, part.count)
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        throw .system(operation: "read", path: path, code: errno)
      }
      filled += got
    }
    return filled
  }

  /// Writes all of `bytes`.
  func write(_ bytes: UnsafeRawBufferPointer) throws(ArtifactError) {
    var written = 0
    while written < bytes.count {
      let part = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = Glibc.write(number, part.baseAddress, part.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw .system(operation: "write", path: path, code: errno)
      }
      written += count
    }
  }

  /// Waits until everything written is on the disk.
  func synchronize() throws(ArtifactError) {
    guard fsync(number) == 0 else {
      throw .system(operation: "flush", path: path, code: errno)
    }
  }
}
