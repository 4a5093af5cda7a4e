import Glibc

@testable import Feedback

/// A disk in memory on which nothing ever fails: as little work as a run can do with.
final class MemoryFiles: FileOperations, @unchecked Sendable {
  private final class File {
    var bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
  }

  private var files: [String: File]
  private var opened: [Int32: File] = [:]
  private var last: Int32 = 0

  init(_ contents: [String: [UInt8]]) { files = contents.mapValues(File.init) }

  func names(in folder: String) -> Result<[String], SystemCode> {
    .success(files.keys.filter { $0.hasPrefix(folder + "/") }.map { String($0.dropFirst(folder.utf8.count + 1)) })
  }

  func open(_ path: String, creating: Bool) -> Int32 {
    if creating { files[path] = File([]) }
    guard let file = files[path] else { return -ENOENT }
    last += 1
    opened[last] = file
    return last
  }

  func close(_ descriptor: Int32) { opened[descriptor] = nil }

  func size(of descriptor: Int32) -> Int { opened[descriptor]?.bytes.count ?? -Int(EBADF) }

  func age(of descriptor: Int32) -> Int64 { 0 }

  func read(into bytes: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int) -> Int {
    guard let file = opened[descriptor] else { return -Int(EBADF) }
    let rest = file.bytes.dropFirst(offset).prefix(bytes.count)
    bytes.copyBytes(from: rest)
    return rest.count
  }

  func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int) -> Int {
    guard let file = opened[descriptor] else { return -Int(EBADF) }
    setLength(max(file.bytes.count, offset + bytes.count), of: file)
    file.bytes.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    return bytes.count
  }

  func synchronize(_ descriptor: Int32) -> Int32 { opened[descriptor] == nil ? EBADF : 0 }

  func truncate(_ descriptor: Int32, to length: Int) -> Int32 {
    guard let file = opened[descriptor] else { return EBADF }
    setLength(length, of: file)
    return 0
  }

  func allocate(_ descriptor: Int32, length: Int) -> Int32 {
    guard let file = opened[descriptor] else { return EBADF }
    setLength(max(length, file.bytes.count), of: file)
    return 0
  }

  func rename(_ path: String, to other: String) -> Int32 {
    guard let file = files.removeValue(forKey: path) else { return ENOENT }
    files[other] = file
    return 0
  }

  func remove(_ path: String) -> Int32 { files.removeValue(forKey: path) == nil ? ENOENT : 0 }

  func synchronizeFolder(_ path: String) -> Int32 { 0 }

  private func setLength(_ length: Int, of file: File) {
    let missing = length - file.bytes.count
    if missing > 0 { file.bytes += repeatElement(0, count: missing) } else { file.bytes.removeLast(-missing) }
  }
}
