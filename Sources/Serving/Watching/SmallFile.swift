import Foundation

/// Files of a few lines that the kernel makes, or that we made ourselves.
enum SmallFile {
  /// At most this much is read.
  static let limitBytes = 16 << 10

  /// The text of a file, nil where there is none or it is not UTF-8.
  static func text(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limitBytes)
    let count = Foundation.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { return nil }
    return String(validating: bytes.prefix(count), as: UTF8.self)
  }
}
