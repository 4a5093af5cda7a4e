import Foundation

/// A folder that disappears with its owner.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("apus-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of something in the folder.
  func file(_ name: String) -> String { path + "/" + name }

  /// The text of a file in the folder, empty where there is none.
  func text(of name: String) -> String { textOfFile(file(name)) }
}

/// The text of a file, empty where there is none. Foundation's own reading leaks where a file claims to be empty, as
/// those in /proc do, and the sanitizer would report the tests for it.
func textOfFile(_ path: String) -> String {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return "" }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 14)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
    bytes += chunk[..<count]
  }
}
