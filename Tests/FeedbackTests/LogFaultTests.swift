import Glibc
import Ranking
import Testing

@testable import Feedback

@Suite struct LogFaultTests {
  @Test("interrupted and short writes and reads are continued")
  func F67_shortAndInterruptedWrites() throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    let log = try folder.log(files)
    let all = entries(100)
    files.faults[.write] = [.error(EINTR), .short(1), .short(63), .error(EINTR), .short(100), .short(2_000)]
    #expect(try log.append(all) == 100)
    files.faults[.read] = [.error(EINTR), .short(1), .short(63), .error(EINTR), .short(100), .short(2_000)]
    let replayed = try Replayed(log)
    #expect(replayed.isWhole(all) && replayed.summary.bytesDropped == 0)
    #expect(files.faults.values.allSatisfy { $0.isEmpty })
  }

  @Test(
    "a write that fails is undone, and the next append works", arguments: [ENOSPC, EDQUOT, EIO, EAGAIN, 0])
  func F67_failedWritesAreRolledBack(_ code: Int32) throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    let log = try folder.log(files)
    let all = events(10).logged
    _ = try log.append(Array(all[..<4]))
    for written in [0, 1, 64, 130] {
      files.faults[.write] = (written == 0 ? [] : [.short(written)]) + [.error(code)]
      if code == EIO, written > 0 { files.faults[.write]?.insert(.none, at: 0) }
      do {
        _ = try log.append(Array(all[4...]))
        Issue.record("the append succeeded")
      } catch {
        guard case .inputOutput(_, "write to", let got) = error else { throw error }
        #expect(got == (code == 0 ? ENOSPC : code) && error.isTransient)
      }
      #expect(contents(of: folder.segment(1)).count == 64 + 4 * 64)
    }
    #expect(try log.append(Array(all[4...])) == 10)
    // Only where the disk itself is at fault another segment was begun.
    #expect(folder.names.count == (code == EIO ? 3 : 2))
    #expect(try Replayed(log).isWhole(all))
  }

  @Test("after a failed flush the batch is written anew to a new segment; the old one is not flushed again")
  func F66_poisonedSegment() throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    let log = try folder.log(files)
    let all = events(12).logged
    _ = try log.append(Array(all[..<4]))
    files.faults[.synchronize] = [.error(EIO)]
    let flushes = files.counts[.synchronize] ?? 0
    #expect(try log.append(Array(all[4..<10])) == 10)
    // The one that failed, one for the new segment's header, one for the batch.
    #expect(files.counts[.synchronize] == flushes + 3)
    #expect(folder.names == ["feedback.lock"] + [1, 5].map { SegmentName(first: $0).text })
    #expect(try log.append(Array(all[10...])) == 12)
    #expect(try Replayed(log).isWhole(all))
    log.close()
    let again = try Replayed(folder.log())
    #expect(again.isWhole(all) && again.summary.bytesDropped == 0)
  }

  @Test("where the new segment fails too nothing is acknowledged, and each later append tries again until one succeeds")
  func F66_flushFailsTwice() throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    let log = try folder.log(files)
    let all = events(10).logged
    _ = try log.append(Array(all[..<4]))
    files.faults[.synchronize] = [
      .error(EIO), .none, .error(EIO), .error(EIO), .error(EIO), .none, .error(EIO), .error(EIO),
    ]
    for _ in 0..<3 {
      do {
        _ = try log.append(Array(all[4...]))
        Issue.record("the append succeeded")
      } catch {
        guard case .poisoned(_, "flush", EIO) = error else { throw error }
        #expect(!error.isTransient)
      }
    }
    #expect(files.faults[.synchronize]?.isEmpty == true)
    #expect(try log.append(Array(all[4...])) == 10)
    #expect(folder.names == ["feedback.lock"] + [1, 5].map { SegmentName(first: $0).text })
    log.close()
    #expect(try Replayed(folder.log()).isWhole(all))
  }

  @Test("what a poisoned segment still holds of the batch does not count beside the new segment")
  func F66_noEntryTwice() throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    let log = try folder.log(files)
    let all = events(10).logged
    _ = try log.append(Array(all[..<4]))
    files.faults = [.synchronize: [.error(EIO)], .truncate: [.error(EIO)]]
    #expect(try log.append(Array(all[4...])) == 10)
    log.close()
    #expect(contents(of: folder.segment(1)).count == 1 << 20, "all ten are in it")
    let replayed = try Replayed(folder.log())
    #expect(replayed.isWhole(all) && replayed.summary.bytesDropped == 0)
  }

  @Test("a rollback that fails ends the segment; what it left does not count")
  func failedRollback() throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    let log = try folder.log(files)
    let all = events(6).logged
    _ = try log.append([all[0]])
    files.faults = [.write: [.short(200), .error(ENOSPC)], .truncate: [.error(EIO)]]
    #expect(throws: FeedbackError.inputOutput(path: folder.segment(1), operation: "write to", code: ENOSPC)) {
      try log.append(all.reversed())
    }
    #expect(try log.append(Array(all[1...])) == 6)
    #expect(try Replayed(log).isWhole(all))
    log.close()
    #expect(try Replayed(folder.log()).isWhole(all))
  }

  @Test("a first segment that cannot be made is reported, unless the disk is just full, and made later")
  func creationFails() throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    files.faults = [.synchronize: [.error(EIO)]]
    #expect(throws: FeedbackError.poisoned(path: folder.segment(1) + ".new", operation: "flush", code: EIO)) {
      try folder.log(files)
    }
    files.faults = [.write: [.short(20), .error(ENOSPC)]]
    let log = try folder.log(files)
    #expect(try Replayed(log).isWhole([]))
    files.faults = [.write: [.short(20), .error(ENOSPC)]]
    #expect(throws: FeedbackError.self) { try log.append(entries(2)) }
    #expect(try log.append(entries(2)) == 2)
    #expect(try Replayed(log).isWhole(entries(2)))
  }

  @Test("a full disk refuses entries without losing any, and recording goes on when there is room")
  func F65_fullDisk() throws {
    // Needs a file system of its own; elsewhere the faults above stand for it.
    let folder = TemporaryFolder()
    guard geteuid() == 0, mount("tmpfs", folder.path, "tmpfs", 0, "size=1m") == 0 else { return }
    defer { umount2(folder.path, Int32(MNT_DETACH)) }
    put([UInt8](repeating: 1, count: 200_000), into: folder.path + "/ballast")
    // Sixty-four times what there is.
    let log = try LocalLog(folder: folder.path)
    let batch = events(100).logged
    var recorded = 0
    do {
      while recorded < 100_000 {
        _ = try log.append(batch)
        recorded += 100
      }
      Issue.record("the disk never filled")
    } catch {
      #expect(error == .inputOutput(path: folder.segment(1), operation: "write to", code: ENOSPC) && error.isTransient)
    }
    #expect(recorded > 10_000)
    #expect(try Replayed(log).entries.count == recorded)
    for _ in 0..<3 { #expect(throws: FeedbackError.self) { try log.append(batch) } }
    unlink(folder.path + "/ballast")
    #expect(try log.append(batch) == UInt64(recorded + 100))
    let summary = try Replayed(log).summary
    #expect(summary == ReplaySummary(entries: UInt64(recorded + 100), lastSequence: UInt64(recorded + 100)))
    log.close()
  }
}
