import Glibc

@testable import Feedback

/// Another disk's calls, with failures on demand.
final class FaultyFiles: FileOperations, @unchecked Sendable {
  enum Call: CaseIterable {
    case names, open, size, read, write, synchronize, truncate, allocate, rename, remove, synchronizeFolder
  }

  /// What a call does instead of its work.
  enum Fault {
    case error(Int32)
    /// A read or write of only so many bytes.
    case short(Int)
    /// Its work.
    case none
  }

  /// The next calls of each kind.
  var faults: [Call: [Fault]] = [:]
  /// The error of the change with this number and of how many from it on; changes are all calls that do not only look.
  var failing: (number: Int, count: Int, code: Int32)?
  /// Called before the change with this number; from then on nothing works any more.
  var cut: (number: Int, action: () -> Void)?
  /// What `failing` hit last.
  private(set) var failed: Call?
  /// Calls so far.
  private(set) var counts: [Call: Int] = [:]
  private(set) var changes = 0
  private let disk: any FileOperations

  init(_ disk: any FileOperations = SystemFileOperations()) { self.disk = disk }

  private func fault(_ call: Call) -> Fault {
    counts[call, default: 0] += 1
    if ![.names, .size, .read].contains(call) {
      changes += 1
      if let cut, changes >= cut.number {
        if changes == cut.number { cut.action() }
        return .error(EIO)
      }
      if let failing, (failing.number..<failing.number + failing.count).contains(changes) {
        failed = call
        return .error(failing.code)
      }
    }
    guard let first = faults[call]?.first else { return .none }
    faults[call]?.removeFirst()
    return first
  }

  /// An errno in place of the call, or 0.
  private func code(_ call: Call) -> Int32 { if case .error(let code) = fault(call) { code } else { 0 } }

  func names(in folder: String) -> Result<[String], SystemCode> {
    let code = code(.names)
    return code == 0 ? disk.names(in: folder) : .failure(SystemCode(code: code))
  }

  func open(_ path: String, creating: Bool) -> Int32 {
    let code = code(.open)
    return code == 0 ? disk.open(path, creating: creating) : -code
  }

  func close(_ descriptor: Int32) { disk.close(descriptor) }

  func size(of descriptor: Int32) -> Int {
    let code = code(.size)
    return code == 0 ? disk.size(of: descriptor) : -Int(code)
  }

  func age(of descriptor: Int32) -> Int64 { disk.age(of: descriptor) }

  func read(into bytes: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int) -> Int {
    switch fault(.read) {
    case .error(let code): -Int(code)
    case .short(let count): disk.read(into: .init(rebasing: bytes.prefix(count)), from: descriptor, at: offset)
    case .none: disk.read(into: bytes, from: descriptor, at: offset)
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int) -> Int {
    switch fault(.write) {
    case .error(let code): -Int(code)
    case .short(let count): disk.write(.init(rebasing: bytes.prefix(count)), to: descriptor, at: offset)
    case .none: disk.write(bytes, to: descriptor, at: offset)
    }
  }

  func synchronize(_ descriptor: Int32) -> Int32 { pass(.synchronize) { $0.synchronize(descriptor) } }

  func truncate(_ descriptor: Int32, to length: Int) -> Int32 {
    pass(.truncate) { $0.truncate(descriptor, to: length) }
  }

  func allocate(_ descriptor: Int32, length: Int) -> Int32 {
    pass(.allocate) { $0.allocate(descriptor, length: length) }
  }

  func rename(_ path: String, to other: String) -> Int32 { pass(.rename) { $0.rename(path, to: other) } }

  func remove(_ path: String) -> Int32 { pass(.remove) { $0.remove(path) } }

  func synchronizeFolder(_ path: String) -> Int32 { pass(.synchronizeFolder) { $0.synchronizeFolder(path) } }

  private func pass(_ call: Call, _ work: (any FileOperations) -> Int32) -> Int32 {
    let code = code(call)
    return code == 0 ? work(disk) : code
  }
}
