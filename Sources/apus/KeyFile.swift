import ArgumentParser
import Foundation

/// A file of keys, one per line; empty lines do not count.
enum KeyFile {
  /// Reads the keys; `-` is standard input. Pipes will do as well as files.
  static func read(_ path: String) throws -> [String] {
    String(decoding: try bytes(path), as: UTF8.self)
      .split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure.noInput.exit("\(path): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes += chunk[..<count]
      } else if errno != EINTR {
        throw Failure.noInput.exit("\(path): \(String(cString: strerror(errno)))")
      }
    }
  }
}
