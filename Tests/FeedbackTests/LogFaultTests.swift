import Glibc
import Ranking
import Testing

@testable import Feedback

@Suite struct LogFaultTests {
  @Test("interrupted and short writes are continued")
  func F67_shortAndInterruptedWrites() throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    let log = try LocalLog(folder: folder.path, files: files)
    let all = events(100)
    files.writeFaults = [.error(EINTR), .short(1), .short(63), .error(EINTR), .short(100), .short(6_000)]
    #expect(try log.append(all) == 100)
    #expect(files.writeFaults.isEmpty)
    let (got, summary) = try replay(log)
    #expect(got == all && summary.bytesDropped == 0)
  }

  @Test("a write that fails is undone, and the next append works", arguments: [ENOSPC, EDQUOT, EIO, EAGAIN, 0])
  func F67_failedWritesAreRolledBack(_ code: Int32) throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    let log = try LocalLog(folder: folder.path, files: files)
    let all = events(10)
    _ = try log.append(Array(all[..<4]))
    let before = contents(of: folder.log)
    for written in [0, 1, 64, 130] {
      files.writeFaults = (written == 0 ? [] : [.short(written)]) + [.error(code)]
      do {
        _ = try log.append(Array(all[4...]))
        Issue.record("the append succeeded")
      } catch {
        let expected = FeedbackError.inputOutput(
          path: folder.log, operation: "write to", code: code == 0 ? ENOSPC : code)
        #expect(error == expected && error.isTransient)
      }
      #expect(contents(of: folder.log) == before)
    }
    #expect(try log.append(Array(all[4...])) == 10)
    #expect(try replay(log).events == all)
  }

  @Test("a failed flush poisons the log: nothing is acknowledged until it is opened again")
  func poisonedByFlush() throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    let log = try LocalLog(folder: folder.path, files: files)
    let all = events(10)
    _ = try log.append(Array(all[..<4]))
    files.synchronizeErrors = [EIO]
    let poisoned = FeedbackError.poisoned(path: folder.log, operation: "flush", code: EIO)
    #expect(throws: poisoned) { try log.append(Array(all[4...])) }
    #expect(!poisoned.isTransient)
    let calls = files.synchronizations
    for _ in 0..<3 { #expect(throws: poisoned) { try log.append([all[0]]) } }
    #expect(files.synchronizations == calls, "a failed flush is never tried again")
    log.close()
    let again = try LocalLog(folder: folder.path)
    #expect(try replay(again).events == Array(all[..<4]))
    #expect(try again.append(Array(all[4...])) == 10)
  }

  @Test("a rollback that fails poisons the log too")
  func poisonedByRollback() throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    let log = try LocalLog(folder: folder.path, files: files)
    _ = try log.append(events(1))
    files.writeFaults = [.short(100), .error(ENOSPC)]
    files.truncateErrors = [EIO]
    let poisoned = FeedbackError.poisoned(path: folder.log, operation: "shorten", code: EIO)
    #expect(throws: poisoned) { try log.append(events(5)) }
    #expect(throws: poisoned) { try log.append(events(1)) }
  }

  @Test("a header that cannot be written is reported, and the next start writes it")
  func creationFails() throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    files.writeFaults = [.short(20), .error(ENOSPC)]
    #expect(throws: FeedbackError.inputOutput(path: folder.log, operation: "write to", code: ENOSPC)) {
      try LocalLog(folder: folder.path, files: files)
    }
    files.synchronizeErrors = [EIO]
    #expect(throws: FeedbackError.inputOutput(path: folder.log, operation: "flush", code: EIO)) {
      try LocalLog(folder: folder.path, files: files)
    }
    #expect(try LocalLog(folder: folder.path).append(events(1)) == 1)
  }

  @Test("a full disk refuses events without losing any, and recording goes on when there is room")
  func fullDisk() throws {
    // Needs a file system of its own; elsewhere the faults above stand for it.
    let folder = TemporaryFolder()
    guard geteuid() == 0, mount("tmpfs", folder.path, "tmpfs", 0, "size=64k") == 0 else { return }
    defer { umount2(folder.path, Int32(MNT_DETACH)) }
    put([UInt8](repeating: 1, count: 20_000), into: folder.path + "/ballast")
    let log = try LocalLog(folder: folder.path)
    let batch = events(100)
    var recorded = 0
    do {
      while recorded < 10_000 {
        _ = try log.append(batch)
        recorded += 100
      }
      Issue.record("the disk never filled")
    } catch {
      #expect(error == .inputOutput(path: folder.log, operation: "write to", code: ENOSPC))
    }
    #expect(try replay(log).events.count == recorded)
    unlink(folder.path + "/ballast")
    #expect(try log.append(batch) == UInt64(recorded + 100))
    let summary = try replay(log).summary
    #expect(summary.events == UInt64(recorded + 100) && summary.bytesDropped == 0)
    log.close()
  }
}
