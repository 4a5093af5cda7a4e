import Foundation

/// A file in the state folder that says that a server runs, and what it is doing: removed when the server ends in order, so
/// that one found at a start is the trace of a crash.
///
/// It is brought up to date about once a second by one write, without a flush: it outlives the process, not the machine.
struct LastRun {
  private static let name = "running"
  /// The file is always as long, padded with spaces: one write changes it whole.
  private static let byteCount = 1_024

  private let path: String
  private let descriptor: Int32
  private let head: String

  /// Says that a server of this version and model runs in this folder from now on; nil where that cannot be written.
  init?(folder: String, version: String, model: String, now: Date = Date()) {
    path = "\(folder)/\(Self.name)"
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return nil }
    head = "version \(version), model \(model), process \(getpid()), started \(Self.text(now))"
    update("starting", now: now)
  }

  /// Says what the server is doing now.
  func update(_ doing: String, now: Date = Date()) {
    var bytes = Array("\(head), last seen \(Self.text(now)): \(doing)".utf8.prefix(Self.byteCount - 1))
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: Self.byteCount - 1 - bytes.count)
    bytes.append(UInt8(ascii: "\n"))
    // Where the disk does not take it, the file stays as old as it is.
    _ = pwrite(descriptor, bytes, bytes.count, 0)
  }

  /// The server ends in order.
  func remove() {
    unlink(path)
    close(descriptor)
  }

  /// What the server that ran in this folder before was doing, where it did not end in order; nil where it did.
  static func trace(folder: String) -> String? {
    let path = "\(folder)/\(name)"
    guard access(path, F_OK) == 0 else { return nil }
    guard let text = SmallFile.text(path) else { return "nothing is known of it" }
    let plain = text.prefix(byteCount).map { $0.isASCII && !$0.isNewline && $0 >= " " ? $0 : " " }
    let words = String(plain).split(separator: " ").joined(separator: " ")
    return words.isEmpty ? "nothing is known of it" : words
  }

  private static func text(_ date: Date) -> String { ISO8601DateFormatter().string(from: date) }
}
