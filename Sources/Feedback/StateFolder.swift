import Glibc

/// A folder that one log at a time may use; the lock goes when this goes, or with the process.
final class StateFolder {
  /// As given.
  let path: String
  private let lock: Int32

  /// Creates the folder and its parents if absent, and locks it.
  init(path: String) throws(FeedbackError) {
    self.path = path
    try Self.create(path)
    let lock = open(path + "/feedback.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard lock >= 0 else { throw .cannotUse(folder: path, operation: "create feedback.lock", code: errno) }
    let code = Self.take(lock)
    guard code == 0 else {
      Glibc.close(lock)
      if code == EWOULDBLOCK { throw .folderInUse(folder: path) }
      throw .cannotUse(folder: path, operation: "lock feedback.lock", code: code)
    }
    self.lock = lock
  }

  deinit { Glibc.close(lock) }

  /// Whether a process holds the lock of a folder, as far as the system's list of locks tells, which does not know
  /// processes of other containers. Takes no lock, not even for a moment.
  static func isLocked(_ path: String) -> Bool {
    var status = stat()
    guard stat(path + "/feedback.lock", &status) == 0 else { return false }
    // A line is `2: FLOCK  ADVISORY  WRITE 29867 fe:00:16237362 0 EOF`; devices are named otherwise there on some systems.
    let mark = ":\(status.st_ino)"
    return text(of: "/proc/locks").split(separator: "\n").contains { line in
      let words = line.split(separator: " ")
      return words.contains("FLOCK") && words.contains { $0.hasSuffix(mark) }
    }
  }

  /// The text of a file of the system, empty where there is none.
  private static func text(of path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { Glibc.close(descriptor) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = read(descriptor, &part, part.count)
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += part[..<count]
    }
  }

  /// Takes the lock; returns 0 or an error number. Waits a moment for one that is let go: a server that is ending closes
  /// its files last, and a process that is just being started holds copies of all of its parent's until it runs.
  private static func take(_ lock: Int32) -> Int32 {
    var triesLeft = 25
    while flock(lock, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EINTR { continue }
      triesLeft -= 1
      if code != EWOULDBLOCK || triesLeft == 0 { return code }
      usleep(10_000)
    }
    return 0
  }

  /// `mkdir -p`.
  private static func create(_ path: String) throws(FeedbackError) {
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { return }
      throw .cannotUse(folder: path, operation: "create it", code: ENOTDIR)
    }
    if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      let parent = String(path[..<slash])
      try create(parent)
    }
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw .cannotUse(folder: path, operation: "create it", code: errno)
    }
  }
}
