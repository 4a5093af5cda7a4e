import Glibc

/// The system's own.
final class SystemFileOperations: FileOperations {
  /// Whether files are opened for reading only, so that the system itself refuses every change of their contents.
  private let isReadOnly: Bool

  init(isReadOnly: Bool = false) { self.isReadOnly = isReadOnly }

  func names(in folder: String) -> Result<[String], SystemCode> {
    guard let stream = opendir(folder) else { return .failure(SystemCode(code: errno)) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      // The name's array in the structure is only as long as it has to be: it is read from where it begins.
      let name = UnsafeRawPointer(entry).advanced(by: MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
      names.append(String(cString: name.assumingMemoryBound(to: CChar.self)))
    }
    let code = errno
    return code == 0 ? .success(names) : .failure(SystemCode(code: code))
  }

  func open(_ path: String, creating: Bool) -> Int32 {
    let flags = (isReadOnly ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK | (creating ? O_CREAT | O_TRUNC : 0)
    while true {
      let descriptor = Glibc.open(path, flags, 0o644)
      if descriptor >= 0 { return descriptor }
      if errno != EINTR { return -errno }
    }
  }

  func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

  func size(of descriptor: Int32) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return -Int(errno) }
    return status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : -Int(EINVAL)
  }

  func age(of descriptor: Int32) -> Int64 {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return -Int64(errno) }
    return max(0, Int64(time(nil)) - Int64(status.st_mtim.tv_sec))
  }

  func read(into bytes: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int) -> Int {
    let got = pread(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
    return got < 0 ? -Int(errno) : got
  }

  func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int) -> Int {
    let written = pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
    return written < 0 ? -Int(errno) : written
  }

  func synchronize(_ descriptor: Int32) -> Int32 { fdatasync(descriptor) == 0 ? 0 : errno }

  func truncate(_ descriptor: Int32, to length: Int) -> Int32 { ftruncate(descriptor, off_t(length)) == 0 ? 0 : errno }

  func allocate(_ descriptor: Int32, length: Int) -> Int32 { posix_fallocate(descriptor, 0, off_t(length)) }

  func rename(_ path: String, to other: String) -> Int32 { Glibc.rename(path, other) == 0 ? 0 : errno }

  func remove(_ path: String) -> Int32 { unlink(path) == 0 ? 0 : errno }

  func synchronizeFolder(_ path: String) -> Int32 {
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return errno }
    defer { Glibc.close(descriptor) }
    return fsync(descriptor) == 0 ? 0 : errno
  }
}
