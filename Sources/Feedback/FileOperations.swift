import Glibc

/// The calls by which a log changes its file; tests put failures in their place.
protocol FileOperations: AnyObject {
  /// Writes at an offset. Returns how many bytes were written, or a negated errno.
  func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int) -> Int
  /// Waits until everything written is durable. Returns 0 or an errno.
  func synchronize(_ descriptor: Int32) -> Int32
  /// Sets the length of the file. Returns 0 or an errno.
  func truncate(_ descriptor: Int32, to length: Int) -> Int32
}

/// The system's own.
final class SystemFileOperations: FileOperations {
  func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int) -> Int {
    let written = pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
    return written < 0 ? -Int(errno) : written
  }

  func synchronize(_ descriptor: Int32) -> Int32 { fdatasync(descriptor) == 0 ? 0 : errno }

  func truncate(_ descriptor: Int32, to length: Int) -> Int32 { ftruncate(descriptor, off_t(length)) == 0 ? 0 : errno }
}
