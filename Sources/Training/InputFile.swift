import Glibc

/// A file opened for reading from start to end.
final class InputFile {
  private let path: String
  private let descriptor: Int32
  /// Size when opened, for progress; the truth is where reading ends.
  let byteCount: Int

  /// Opens `path`; nil if there is no such file.
  init?(path: String) throws(TrainingError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT { return nil }
      throw .unreadableFile(path: path, reason: String(cString: strerror(errno)))
    }
    var status = stat()
    byteCount = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// Fills `buffer` as far as the file goes; 0 at its end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TrainingError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
      if count == 0 { break }
      if count > 0 {
        filled += count
      } else if errno != EINTR {
        throw .unreadableFile(path: path, reason: String(cString: strerror(errno)))
      }
    }
    return filled
  }
}
