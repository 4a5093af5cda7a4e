import ApusClient
import Foundation

/// A file of keys, one a line; each key stands for its `apus_id`.
enum KeyFile {
  static func read(_ path: String) throws(LoadError) -> [UInt64] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .file(path: path, reason: "cannot be read")
    }
    let newline = UInt8(ascii: "\n")
    var seen = Set<UInt64>()
    var ids: [UInt64] = []
    for line in data.split(separator: newline) {
      let key = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if key.isEmpty { continue }
      let id = key.withUnsafeBytes { apus_id($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) }
      if seen.insert(id).inserted { ids.append(id) }
    }
    if ids.isEmpty { throw .file(path: path, reason: "holds no key") }
    return ids
  }
}
