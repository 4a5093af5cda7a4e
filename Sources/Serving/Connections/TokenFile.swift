import EventLoop
import Glibc
import Wire

/// The tokens that clients may show, one a line of a file. The file is read again when it has changed, so that a token is
/// replaced without a restart: add the new one, move the clients, remove the old one.
final class TokenFile: Sendable {
  /// What tells one state of the file from another.
  private struct Stamp: Equatable {
    var inode: UInt64 = 0
    var size: Int64 = 0
    var seconds = 0
    var nanos = 0
  }

  private struct Contents {
    var tokens: [[UInt8]] = []
    var stamp = Stamp()
  }

  private let path: String
  private let limits: Limits
  private let contents = Guarded(Contents())

  /// Throws where the file cannot be read, may be read by everybody, or holds no token or what is none.
  init(path: String, limits: Limits) throws(TokenError) {
    self.path = path
    self.limits = limits
    let (tokens, stamp) = try read()
    contents.withLock { $0 = Contents(tokens: tokens, stamp: stamp) }
  }

  /// Whether the token is one of the file's. Takes as long for a wrong one as for a right one.
  func accepts(_ token: UnsafeRawBufferPointer) -> Bool {
    contents.withLock { contents in
      var found = false
      for known in contents.tokens where ConstantTime.areEqual(token, known) { found = true }
      return found
    }
  }

  /// Reads the file again if it has changed. Where it cannot be taken, throws why, once, and the tokens stay in force.
  /// - Returns: how many tokens there are now; nil where nothing has changed.
  func refresh() throws(TokenError) -> Int? {
    var about = stat()
    let stamp = stat(path, &about) == 0 ? Self.stamp(of: about) : Stamp()
    let isNews = contents.withLock { contents in
      defer { contents.stamp = stamp }
      return contents.stamp != stamp
    }
    guard isNews else { return nil }
    let (tokens, fresh) = try read()
    contents.withLock { $0 = Contents(tokens: tokens, stamp: fresh) }
    return tokens.count
  }

  private func read() throws(TokenError) -> ([[UInt8]], Stamp) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
    defer { close(descriptor) }
    var about = stat()
    guard fstat(descriptor, &about) == 0 else { throw .unreadable(path: path, code: errno) }
    guard about.st_mode & S_IFMT == S_IFREG else { throw .unusable(path: path, reason: "it is not a file") }
    guard about.st_mode & 0o007 == 0 else {
      throw .unusable(path: path, reason: "everybody may read or change it; chmod 600 helps")
    }
    let longest = limits.tokens * (limits.longestTokenBytes + 2)
    guard about.st_size <= longest else { throw .unusable(path: path, reason: "it is longer than \(longest) bytes") }
    var bytes = [UInt8](repeating: 0, count: longest)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw .unreadable(path: path, code: errno) }
      if got == 0 { break }
      count += got
    }
    return (try tokens(in: bytes[..<count]), Self.stamp(of: about))
  }

  /// The lines that are not empty, without spaces around them.
  private func tokens(in bytes: ArraySlice<UInt8>) throws(TokenError) -> [[UInt8]] {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    let lines = bytes.split(separator: 0x0A)
      .map { Array($0.drop(while: isSpace).reversed().drop(while: isSpace).reversed()) }.filter { !$0.isEmpty }
    guard !lines.isEmpty else { throw .unusable(path: path, reason: "it holds no token") }
    guard lines.count <= limits.tokens else {
      throw .unusable(path: path, reason: "it holds \(lines.count) tokens; the limit is \(limits.tokens)")
    }
    for line in lines where !(limits.shortestTokenBytes...limits.longestTokenBytes).contains(line.count) {
      // The token itself is a secret.
      let bounds = "\(limits.shortestTokenBytes) to \(limits.longestTokenBytes)"
      throw .unusable(path: path, reason: "a token of \(line.count) bytes is not one of \(bounds)")
    }
    return lines
  }

  private static func stamp(of about: stat) -> Stamp {
    Stamp(
      inode: UInt64(about.st_ino), size: Int64(about.st_size), seconds: about.st_mtim.tv_sec,
      nanos: about.st_mtim.tv_nsec)
  }
}
