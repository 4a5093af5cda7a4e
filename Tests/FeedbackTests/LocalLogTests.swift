import Glibc
import Ranking
import Testing

@testable import Feedback

@Suite struct LocalLogTests {
  @Test("what was appended is replayed, in order, with its sequence, also by the next process")
  func roundTrip() throws {
    let folder = TemporaryFolder()
    let all = events(5_000)
    var log = try LocalLog(folder: folder.path)
    var start = 0
    for size in [0, 1, 2, 700, 0, 4_000, 297] {
      #expect(try log.append(Array(all[start..<start + size])) == UInt64(start + size))
      start += size
    }
    #expect(try replay(log).events == all)
    log.close()
    log = try LocalLog(folder: folder.path)
    // Appending without a replay before it continues where the log ends.
    #expect(try log.append([all[0]]) == 5_001)
    let (got, summary) = try replay(log)
    #expect(got == all + [all[0]])
    #expect(summary == ReplaySummary(events: 5_001, lastSequence: 5_001, bytesDropped: 0))
    #expect(contents(of: folder.log).count == 64 + 5_001 * 64)
  }

  @Test("every value of every field survives")
  func extremes() throws {
    let folder = TemporaryFolder()
    let log = try LocalLog(folder: folder.path)
    let extremes = [
      FeedbackEvent(userID: .max, tweetID: .max, type: .max, timestampSeconds: .max, requestID: .max),
      FeedbackEvent(userID: 0, tweetID: 0, type: 0, timestampSeconds: .min, requestID: 0),
    ]
    _ = try log.append(extremes)
    #expect(try replay(log).events == extremes)
  }

  @Test("a folder that does not exist is created, with its parents")
  func folderIsCreated() throws {
    let folder = TemporaryFolder()
    let deep = folder.path + "/a/b"
    for path in [deep, deep + "/"] {
      let log = try LocalLog(folder: path)
      _ = try log.append(events(1))
      log.close()
    }
    for name in ["/feedback.log", "/feedback.lock", ""] { remove(deep + name) }
    rmdir(folder.path + "/a")
  }

  @Test("a second log on the same folder is refused, until the first is closed")
  func F72_oneServerPerFolder() throws {
    let folder = TemporaryFolder()
    let first = try LocalLog(folder: folder.path)
    do {
      _ = try LocalLog(folder: folder.path)
      Issue.record("two logs in one folder")
    } catch {
      #expect(error == .folderInUse(folder: folder.path))
      #expect("\(error)" == "cannot keep feedback in \(folder.path): another server uses this folder")
    }
    _ = try first.append(events(3))
    first.close()
    first.close()
    #expect(throws: FeedbackError.closed) { try first.append(events(1)) }
    #expect(throws: FeedbackError.closed) { try first.replay { _, _ in } }
    #expect(try replay(LocalLog(folder: folder.path)).events.count == 3)
  }

  @Test("a folder that cannot be used is refused with the reason")
  func unusableFolder() throws {
    let folder = TemporaryFolder()
    let file = folder.path + "/feedback.lock"
    put([], into: file)
    #expect(throws: FeedbackError.cannotUse(folder: file, operation: "create it", code: ENOTDIR)) {
      try LocalLog(folder: file)
    }
    #expect(throws: FeedbackError.cannotUse(folder: file, operation: "create it", code: ENOTDIR)) {
      try LocalLog(folder: file + "/x")
    }
    // No file can be created here, not even by root.
    #expect(throws: FeedbackError.self) { try LocalLog(folder: "/proc/self") }
    #expect(throws: FeedbackError.self) { try LocalLog(folder: "") }
    guard geteuid() != 0 else { return }
    chmod(folder.path, 0o500)
    #expect(throws: FeedbackError.cannotUse(folder: folder.path, operation: "open feedback.log", code: EACCES)) {
      try LocalLog(folder: folder.path)
    }
    chmod(folder.path, 0o700)
  }

  @Test("files that are no log, or one of another version, are refused and not changed")
  func foreignFiles() throws {
    let folder = TemporaryFolder()
    var later = LogHeader.encoded()
    later[8] = 2
    let cases: [([UInt8], FeedbackError)] = [
      ([UInt8]("user,tweet\n".utf8), .notALog(path: folder.log, reason: "it does not begin with \"APUSFBK\"")),
      (.init(repeating: 7, count: 64), .notALog(path: folder.log, reason: "it does not begin with \"APUSFBK\"")),
      (.init(repeating: 0, count: 128), .notALog(path: folder.log, reason: "it does not begin with \"APUSFBK\"")),
      (later, .unknownVersion(path: folder.log, got: 2, expected: 1)),
    ]
    for (bytes, expected) in cases {
      put(bytes, into: folder.log)
      #expect(throws: expected) { try LocalLog(folder: folder.path) }
      #expect(contents(of: folder.log) == bytes)
    }
    unlink(folder.log)
    mkdir(folder.log, 0o700)
    #expect(throws: FeedbackError.self) { try LocalLog(folder: folder.path) }
    rmdir(folder.log)
    mkfifo(folder.log, 0o600)
    #expect(throws: FeedbackError.notALog(path: folder.log, reason: "it is not a regular file")) {
      try LocalLog(folder: folder.path)
    }
  }

  @Test("a log larger than one read is replayed completely")
  func manyChunks() throws {
    let folder = TemporaryFolder()
    let log = try LocalLog(folder: folder.path)
    let all = events(40_000)
    _ = try log.append(all)
    #expect(try replay(log).events == all)
  }
}
