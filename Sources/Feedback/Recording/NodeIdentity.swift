import Artifact
import Glibc

/// The name of a node among replicas: 64 random bits in the file `node` of its state folder, 16 hexadecimal digits.
///
/// It belongs to the log beside it: entries are told apart by node and sequence number, so a copy of a folder must not be
/// used beside the original, and the file must not be made anew beside an old log.
public enum NodeIdentity {
  /// Reads the name, or makes one where there is no file. The folder exists and is this process's.
  public static func read(folder: String) throws(FeedbackError) -> UInt64 {
    if let node = try find(folder: folder) { return node }
    return try make(path(folder), folder: folder)
  }

  /// Reads the name, and changes nothing; nil: there is none.
  public static func find(folder: String) throws(FeedbackError) -> UInt64? {
    let path = path(folder)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      guard errno == ENOENT else { throw .cannotUse(folder: folder, operation: "open node", code: errno) }
      return nil
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw .cannotUse(folder: folder, operation: "read node", code: errno) }
    let text = String(decoding: bytes[..<count], as: UTF8.self)
    guard text.utf8.count == 17, text.hasSuffix("\n"), let node = UInt64(text.dropLast(), radix: 16), node != 0 else {
      throw .badNode(path: path)
    }
    return node
  }

  /// 64 bits as 16 hexadecimal digits.
  public static func text(of number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func path(_ folder: String) -> String { folder + "/node" }

  private static func make(_ path: String, folder: String) throws(FeedbackError) -> UInt64 {
    let node = UInt64.random(in: 1 ... .max)
    let text = text(of: node) + "\n"
    do throws(ArtifactError) { try WholeFile.write(Array(text.utf8), to: path) } catch {
      guard case .system(let operation, _, let code) = error else { throw .badNode(path: path) }
      throw .cannotUse(folder: folder, operation: "\(operation) node", code: code)
    }
    return node
  }
}
