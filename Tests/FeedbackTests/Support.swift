import Glibc
import Ranking
import Testing

@testable import Feedback

/// A new empty folder that disappears with the object.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/apus-feedback-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress, let made = mkdtemp(base) else { fatalError("mkdtemp: errno \(errno)") }
      return String(cString: made)
    }
  }

  deinit {
    for name in ["feedback.log", "feedback.lock"] { unlink(path + "/" + name) }
    rmdir(path)
  }

  var log: String { path + "/feedback.log" }
}

func contents(of path: String) -> [UInt8] {
  let descriptor = open(path, O_RDONLY)
  precondition(descriptor >= 0, "\(path): errno \(errno)")
  defer { close(descriptor) }
  var all: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(descriptor, &part, part.count)
    if count <= 0 { return all }
    all += part[..<count]
  }
}

func put(_ bytes: some Collection<UInt8>, into path: String) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
  precondition(descriptor >= 0, "\(path): errno \(errno)")
  let bytes = Array(bytes)
  precondition(write(descriptor, bytes, bytes.count) == bytes.count)
  close(descriptor)
}

/// Different events, of known and unknown types, about few tweets.
func events(_ count: Int, seed: UInt64 = 1) -> [FeedbackEvent] {
  var state = seed
  func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 11
  }
  return (0..<count).map { _ in
    FeedbackEvent(
      userID: next() % 100, tweetID: next() % 50 == 0 ? 0 : next() % 40, type: UInt32(next() % 10),
      timestampSeconds: Int64(next()) - (1 << 50), requestID: next())
  }
}

/// What a log holds, and what its replay says.
func replay(_ log: LocalLog) throws -> (events: [FeedbackEvent], summary: ReplaySummary) {
  var all: [FeedbackEvent] = []
  let summary = try log.replay { event, sequence in
    all.append(event)
    #expect(sequence == UInt64(all.count))
  }
  return (all, summary)
}

/// The system's calls, with failures on demand.
final class FaultyFiles: FileOperations {
  /// What a write does instead of writing: write only so many bytes, or fail.
  enum WriteFault {
    case short(Int)
    case error(Int32)
  }

  var writeFaults: [WriteFault] = []
  var synchronizeErrors: [Int32] = []
  var truncateErrors: [Int32] = []
  private(set) var writes = 0
  private(set) var synchronizations = 0
  private let system = SystemFileOperations()

  func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int) -> Int {
    writes += 1
    guard !writeFaults.isEmpty else { return system.write(bytes, to: descriptor, at: offset) }
    switch writeFaults.removeFirst() {
    case .error(let code): return -Int(code)
    case .short(let count):
      return system.write(.init(rebasing: bytes[..<min(count, bytes.count)]), to: descriptor, at: offset)
    }
  }

  func synchronize(_ descriptor: Int32) -> Int32 {
    synchronizations += 1
    return synchronizeErrors.isEmpty ? system.synchronize(descriptor) : synchronizeErrors.removeFirst()
  }

  func truncate(_ descriptor: Int32, to length: Int) -> Int32 {
    truncateErrors.isEmpty ? system.truncate(descriptor, to: length) : truncateErrors.removeFirst()
  }
}
