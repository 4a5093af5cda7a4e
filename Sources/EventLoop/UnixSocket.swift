import CLibuv
import Glibc

/// The file of a listening Unix socket: made, recognised and removed.
struct UnixSocket {
  private static let lockTries = 100
  private static let lockPauseMicros: UInt32 = 10_000

  let path: String
  private let device: dev_t
  private let inode: ino_t

  /// Binds a socket to a path and listens. A socket file that nobody listens to any more is replaced; one that is alive,
  /// or any other file, is refused.
  ///
  /// - Parameter mode: who may connect is who may write to the file; it never has another mode, not even at first.
  static func listen(
    _ descriptor: Int32, at address: SocketAddress, path: String, mode: mode_t, backlog: Int32
  ) throws(LoopError) -> UnixSocket {
    func failure(_ code: Int32) -> LoopError { .cannotListen(address: address.description, code: code) }
    // Two servers that start at once must not take each other's fresh socket for a stale one.
    let lock = lockFolder(of: path)
    guard lock >= 0 else { throw failure(errno) }
    defer { Descriptor.close(lock) }
    let code = removeStale(path, address)
    if code != 0 { throw failure(code) }
    // On Linux the file gets the socket's own mode, less the umask.
    guard fchmod(descriptor, mode) == 0, address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0,
      chmod(path, mode) == 0, Glibc.listen(descriptor, backlog) == 0
    else { throw failure(errno) }
    var about = stat()
    guard stat(path, &about) == 0 else { throw failure(errno) }
    return UnixSocket(path: path, device: about.st_dev, inode: about.st_ino)
  }

  /// Removes the file, unless another server has put its own there.
  func remove() {
    var about = stat()
    if stat(path, &about) == 0, about.st_dev == device, about.st_ino == inode { unlink(path) }
  }

  /// Removes a socket that refuses connections: nobody holds it. 0, or the errno that says why the path is not free.
  private static func removeStale(_ path: String, _ address: SocketAddress) -> Int32 {
    var about = stat()
    if lstat(path, &about) != 0 { return errno == ENOENT ? 0 : errno }
    guard about.st_mode & S_IFMT == S_IFSOCK else { return EEXIST }
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard probe >= 0 else { return errno }
    defer { Descriptor.close(probe) }
    if address.withSocketAddress({ connect(probe, $0, $1) }) == 0 { return EADDRINUSE }
    switch errno {
    case ECONNREFUSED: return unlink(path) == 0 || errno == ENOENT ? 0 : errno
    case ENOENT: return 0
    case EAGAIN: return EADDRINUSE
    default: return errno
    }
  }

  /// A lock on the folder, until it is closed; -1 and errno where it cannot be had within a second.
  private static func lockFolder(of path: String) -> Int32 {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return -1 }
    for _ in 0..<lockTries {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
      usleep(lockPauseMicros)
    }
    Descriptor.close(descriptor)
    errno = EADDRINUSE
    return -1
  }
}
