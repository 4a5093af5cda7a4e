import Glibc

@testable import Feedback

/// A disk in memory whose power can be cut: pages and names that were not made durable are then kept, lost, or as they were
/// at some moment between, each for itself.
final class MemoryDisk: FileOperations, @unchecked Sendable {
  static let pageBytes = 4_096

  /// A file as its users see it, and what a power cut may leave of it.
  final class File {
    var bytes: [UInt8] = []
    var durable: [UInt8] = []
    /// What each page that changed was since the last flush; the present last.
    var versions: [Int: [ArraySlice<UInt8>]] = [:]
    /// The lengths since the last flush.
    var lengths: [Int] = []

    init(_ bytes: [UInt8] = []) { (self.bytes, durable) = (bytes, bytes) }

    func flush() {
      durable = bytes
      versions = [:]
      lengths = []
    }

    /// Remembers the pages in which a range lies.
    func remember(_ range: Range<Int>) {
      for page in range.lowerBound / pageBytes..<(range.upperBound + pageBytes - 1) / pageBytes {
        versions[page, default: []].append(bytes[page * pageBytes..<min((page + 1) * pageBytes, bytes.count)])
      }
    }

    /// What is left when the power goes.
    func afterCut(_ random: inout SeededGenerator) -> [UInt8] {
      var left = durable
      let length = ([durable.count] + lengths).randomElement(using: &random) ?? 0
      if left.count < length { left += repeatElement(0, count: length - left.count) }
      for page in versions.keys.sorted() {
        // One in two pages is lost, or as it was before.
        guard Bool.random(using: &random), let version = versions[page]?.randomElement(using: &random) else { continue }
        let place = page * pageBytes
        let end = min(place + pageBytes, length)
        guard place < end else { continue }
        left.replaceSubrange(place..<end, with: (version + repeatElement(0, count: pageBytes)).prefix(end - place))
      }
      return Array(left[..<length])
    }
  }

  private enum Change {
    case create(String, File)
    case rename(String, String)
    case remove(String)
  }

  private(set) var files: [String: File] = [:]
  private var durableFiles: [String: File] = [:]
  private var changes: [Change] = []
  private var opened: [Int32: File] = [:]
  private var nextDescriptor: Int32 = 100

  init() {}

  /// A disk with these files, all of them durable.
  init(_ contents: [String: [UInt8]]) {
    files = contents.mapValues(File.init)
    durableFiles = files
  }

  /// The disk as it is found when the power is back.
  func afterCut(seed: UInt64) -> MemoryDisk {
    var random = SeededGenerator(seed: seed)
    var left = durableFiles
    // A file system's journal keeps the order of changes of names.
    for change in changes.prefix(.random(in: 0...changes.count, using: &random)) { Self.apply(change, to: &left) }
    var contents: [String: [UInt8]] = [:]
    for name in left.keys.sorted() { contents[name] = left[name]?.afterCut(&random) }
    return MemoryDisk(contents)
  }

  private static func apply(_ change: Change, to files: inout [String: File]) {
    switch change {
    case .create(let path, let file): files[path] = file
    case .rename(let path, let other): if let file = files.removeValue(forKey: path) { files[other] = file }
    case .remove(let path): files[path] = nil
    }
  }

  private func change(_ change: Change) {
    Self.apply(change, to: &files)
    changes.append(change)
  }

  func names(in folder: String) -> Result<[String], SystemCode> {
    .success(files.keys.filter { $0.hasPrefix(folder + "/") }.map { String($0.dropFirst(folder.count + 1)) })
  }

  func open(_ path: String, creating: Bool) -> Int32 {
    if creating { change(.create(path, File())) }
    guard let file = files[path] else { return -ENOENT }
    nextDescriptor += 1
    opened[nextDescriptor] = file
    return nextDescriptor
  }

  func close(_ descriptor: Int32) { opened[descriptor] = nil }

  func size(of descriptor: Int32) -> Int { opened[descriptor]?.bytes.count ?? -Int(EBADF) }

  func age(of descriptor: Int32) -> Int64 { 0 }

  func read(into bytes: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int) -> Int {
    guard let file = opened[descriptor] else { return -Int(EBADF) }
    guard offset < file.bytes.count else { return 0 }
    let count = min(bytes.count, file.bytes.count - offset)
    file.bytes.withUnsafeBytes { bytes.copyMemory(from: .init(rebasing: $0[offset..<offset + count])) }
    return count
  }

  func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int) -> Int {
    guard let file = opened[descriptor] else { return -Int(EBADF) }
    setLength(max(file.bytes.count, offset + bytes.count), of: file)
    file.bytes.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    file.remember(offset..<offset + bytes.count)
    return bytes.count
  }

  func synchronize(_ descriptor: Int32) -> Int32 {
    opened[descriptor]?.flush()
    return opened[descriptor] == nil ? EBADF : 0
  }

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
    guard files[path] != nil else { return ENOENT }
    change(.rename(path, other))
    return 0
  }

  func remove(_ path: String) -> Int32 {
    guard files[path] != nil else { return ENOENT }
    change(.remove(path))
    return 0
  }

  func synchronizeFolder(_ path: String) -> Int32 {
    durableFiles = files
    changes = []
    return 0
  }

  private func setLength(_ length: Int, of file: File) {
    let old = file.bytes.count
    if length == old { return }
    file.lengths.append(length)
    if length > old {
      file.bytes += repeatElement(0, count: length - old)
      return
    }
    // What is cut off reads as zeros should the file grow again.
    let cut = length..<old
    file.bytes.replaceSubrange(cut, with: repeatElement(0, count: cut.count))
    file.remember(cut)
    file.bytes.removeSubrange(cut)
  }
}

/// What tests do to a disk behind the log's back.
extension MemoryDisk {
  var names: [String] { files.keys.sorted() }

  func contents(of path: String) -> [UInt8] { files[path]?.bytes ?? [] }

  func flip(_ place: Int, of path: String, mask: UInt8) { files[path]?.bytes[place] ^= mask }

  func shorten(_ path: String, to length: Int) { files[path]?.bytes.removeSubrange(length...) }

  func erase(_ range: Range<Int>, of path: String) {
    files[path]?.bytes.replaceSubrange(range, with: repeatElement(0, count: range.count))
  }
}
