import CXXHash
import Glibc
import Ranking
import Testing

@testable import Feedback

@Suite struct LocalLogTests {
  @Test("what was appended is replayed, in order, with its sequence, also by the next process", arguments: 1...4)
  func roundTrip(seed: Int) throws {
    let folder = TemporaryFolder()
    let all = entries(5_001, seed: UInt64(seed))
    var log = try folder.log(segmentBytes: 50_000 * seed)
    var start = 0
    for size in [0, 1, 2, 700, 0, 4_000, 297] {
      #expect(try log.append(Array(all[start..<start + size])) == UInt64(start + size))
      start += size
    }
    #expect(try Replayed(log).isWhole(Array(all[..<5_000])))
    log.close()
    log = try folder.log(segmentBytes: 50_000)
    // Appending without a replay before it continues where the log ends.
    #expect(try log.append([all[5_000]]) == 5_001)
    let replayed = try Replayed(log)
    #expect(replayed.isWhole(all) && replayed.summary.bytesDropped == 0)
    for after: UInt64 in [1, 2_500, 4_999, 5_000, 5_001] {
      let rest = try Replayed(log, after: after)
      #expect(rest.entries == Array(all[Int(after)...]) && rest.sequences.first == (after < 5_001 ? after + 1 : nil))
    }
  }

  @Test("entries that the log lacks and its caller has keep their sequences to themselves", arguments: [11, 12, 1_000])
  func behindTheEnd(after: UInt64) throws {
    let folder = TemporaryFolder()
    let log = try folder.log()
    let all = entries(20, seed: 1)
    _ = try log.append(Array(all[..<10]))
    log.close()
    let again = try folder.log()
    #expect(try again.replay(after: after) { _, _ in }.lastSequence == after)
    #expect(try again.append(Array(all[10...])) == after + 10)
    again.close()
    #expect(try Replayed(folder.log(), after: after).sequences == Array(after + 1...after + 10))
  }

  @Test("a segment has its length from the beginning, and gives back what it did not need")
  func preallocation() throws {
    let folder = TemporaryFolder()
    let log = try folder.log(segmentBytes: 100_000)
    #expect(contents(of: folder.segment(1)).count == 100_000)
    _ = try log.append(events(1_000).logged)
    #expect(contents(of: folder.segment(1)).count == 100_000)
    _ = try log.append(events(1_000).logged)
    #expect(folder.names == ["feedback.lock"] + [1, 1_001].map { SegmentName(first: $0).text })
    // Records of events have 64 bytes.
    #expect(contents(of: folder.segment(1)).count == 64 + 64_000)
    // An append is never divided: one that is longer than a segment gets one of its own.
    _ = try log.append(events(3_000).logged)
    #expect(contents(of: folder.segment(2_001)).count == 64 + 192_000)
    _ = try log.append(events(1).logged)
    #expect(contents(of: folder.segment(5_001)).count == 100_000)
    log.close()
    #expect(contents(of: folder.segment(5_001)).count == 64 + 64)
    #expect(try Replayed(folder.log()).entries.count == 5_001)
  }

  @Test("every value of every field survives")
  func extremes() throws {
    let folder = TemporaryFolder()
    let log = try folder.log()
    var random = SeededGenerator(seed: 1)
    var largest = ranking(&random, limit: 1)
    largest.items = .init(
      repeating: .init(tweetID: .max, propensity: .leastNonzeroMagnitude, score: -.infinity), count: 1_000)
    largest.candidates = .init(repeating: .max, count: 5_000)
    largest.features = .init(repeating: .min, count: 64_000)
    largest.policyVersion = .init(repeating: "p", count: 255)
    largest.modelVersion = .init(repeating: "m", count: 255)
    let extremes: [LogEntry] = [
      .event(
        .init(userID: .max, tweetID: .max, type: .max, timestampSeconds: .max, requestID: .max), isUnmatched: true),
      .event(.init(userID: 0, tweetID: 0, type: 0, timestampSeconds: .min, requestID: 0), isUnmatched: false),
      .ranking(largest), .rewards(.init()),
    ]
    _ = try log.append(extremes)
    #expect(try Replayed(log).isWhole(extremes))
    for change: (inout LoggedRanking) -> Void in [
      { $0.items.append($0.items[0]) }, { $0.candidates.append(1) }, { $0.features.append(1) },
      { $0.policyVersion += "p" }, { $0.modelVersion += "m" },
    ] {
      var larger = largest
      change(&larger)
      #expect(throws: FeedbackError.entryTooLarge(requestID: larger.requestID)) { try log.append([.ranking(larger)]) }
    }
    #expect(try Replayed(log).isWhole(extremes))
  }

  @Test("a folder that does not exist is created, with its parents")
  func folderIsCreated() throws {
    let folder = TemporaryFolder()
    let deep = folder.path + "/a/b"
    for path in [deep, deep + "/"] {
      let log = try LocalLog(folder: path)
      _ = try log.append(entries(1))
      log.close()
    }
    for name in ["/log-00000000000000000001.segment", "/feedback.lock", ""] { remove(deep + name) }
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
    _ = try first.append(entries(3))
    first.close()
    first.close()
    #expect(throws: FeedbackError.closed) { try first.append(entries(1)) }
    #expect(throws: FeedbackError.closed) { try first.replay(after: 0) { _, _ in } }
    #expect(throws: FeedbackError.closed) { try first.read(after: 0, maxBytes: 1) }
    #expect(throws: FeedbackError.closed) { try first.removeSegments(through: 1, keeping: .none) }
    #expect(try Replayed(LocalLog(folder: folder.path)).isWhole(entries(3)))
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
    let code = FeedbackError.inputOutput(path: folder.segment(1) + ".new", operation: "create", code: EACCES)
    #expect(throws: code) { try LocalLog(folder: folder.path) }
    chmod(folder.path, 0o700)
  }

  @Test("a log of another version, or a file in its place, is refused and not changed")
  func foreignFiles() throws {
    let folder = TemporaryFolder()
    let old = folder.path + "/feedback.log"
    var first = SegmentHeader.encoded(first: 1)
    first[8] = 1
    seal(&first)
    var later = SegmentHeader.encoded(first: 1)
    later[8] = 3
    seal(&later)
    let cases: [(String, [UInt8], FeedbackError)] = [
      (old, first + [UInt8](repeating: 5, count: 64), .unknownVersion(path: old, got: 1, expected: 2)),
      (old, [UInt8]("user,tweet\n".utf8), .notALog(path: old, reason: "it does not begin as one")),
      (folder.segment(1), later, .unknownVersion(path: folder.segment(1), got: 3, expected: 2)),
    ]
    for (path, bytes, expected) in cases {
      put(bytes, into: path)
      #expect(throws: expected) { try LocalLog(folder: folder.path).replay(after: 0) { _, _ in } }
      #expect(contents(of: path) == bytes)
      unlink(path)
    }
    #expect(
      "\(cases[0].2)" == "\(old) is a feedback log of version 1, this program knows version 2")
    mkfifo(folder.segment(1), 0o600)
    #expect(throws: FeedbackError.notALog(path: folder.segment(1), reason: "it is not a regular file")) {
      try LocalLog(folder: folder.path).replay(after: 0) { _, _ in }
    }
  }

  @Test("names of other files are none of ours")
  func names() {
    #expect(SegmentName(first: .max).text == "log-18446744073709551615.segment")
    for first: UInt64 in [1, 12, LogRecord.lastSequence] {
      for isDamaged in [false, true] {
        let name = SegmentName(first: first, isDamaged: isDamaged)
        #expect(SegmentName(name.text) == name)
        #expect(SegmentName.isUnfinished(name.text + ".new"))
      }
    }
    for name in [
      "", "log-", "log-18446744073709551615.segment", "log-00000000000000000000.segment",
      "log-0000000000000000001.segment",
      "log-000000000000000000001.segment",
      "log-00000000000000000001.segment ", "log-+0000000000000000001.segment", "log-99999999999999999999.segment",
      "log-00000000000000000001.segment.damaged.damaged", "feedback.log",
    ] {
      #expect(SegmentName(name) == nil, "\(name)")
    }
    #expect(!SegmentName.isUnfinished("notes.new"))
  }

  @Test("what the caller has beyond the log's end is never numbered twice")
  func snapshotAheadOfTheLog() throws {
    let folder = TemporaryFolder()
    let all = entries(8)
    var log = try folder.log()
    _ = try log.append(Array(all[..<5]))
    log.close()
    log = try folder.log()
    #expect(try Replayed(log, after: 7).summary == ReplaySummary(entries: 0, lastSequence: 7))
    #expect(try log.append([all[7]]) == 8)
    log.close()
    log = try folder.log()
    let behind = try Replayed(log, after: 7)
    #expect(behind.sequences == [8] && behind.entries == [all[7]] && behind.summary.damages.isEmpty)
    let whole = try Replayed(log)
    #expect(whole.sequences == [1, 2, 3, 4, 5, 8] && whole.summary.entriesLost == 2)
  }
}

/// Makes a changed header's checksum right.
func seal(_ header: inout [UInt8]) {
  header.withUnsafeMutableBytes { raw in
    raw.storeBytes(of: XXH3_64bits(raw.baseAddress, 56).littleEndian, toByteOffset: 56, as: UInt64.self)
  }
}
