import Glibc
import Ranking
import Testing

@testable import Feedback

/// A session over several segments, with each of its changes of the disk failing in turn.
@Suite struct LogFaultSweepTests {
  private static let segmentBytes = 64 + 64 * 64
  private static let sizes = [1, 30, 20, 20, 63, 70, 5, 64, 1, 2]

  /// What came of a session.
  private struct Outcome {
    var acknowledged: [LogEntry] = []
    var errors: [FeedbackError] = []
    var changes = 0
  }

  /// Appends batches, each again until it is acknowledged, and now and then opens the log anew.
  private func session(_ files: FaultyFiles) throws -> Outcome {
    var outcome = Outcome()
    let all = entries(Self.sizes.reduce(0, +), seed: 9).map { entry -> LogEntry in
      if case .ranking = entry { .rewards(.init()) } else { entry }
    }
    func open() -> LocalLog {
      while true {
        do throws(FeedbackError) {
          return try LocalLog(folder: "f", lock: nil, files: files, segmentBytes: Self.segmentBytes)
        } catch { outcome.errors.append(error) }
      }
    }
    var log = open()
    for (index, size) in Self.sizes.enumerated() {
      if index == 4 {
        log.close()
        log = open()
      }
      let batch = Array(all[outcome.acknowledged.count..<outcome.acknowledged.count + size])
      for _ in 0..<20 {
        do throws(FeedbackError) {
          #expect(try log.append(batch) == UInt64(outcome.acknowledged.count + size))
          outcome.acknowledged += batch
          break
        } catch { outcome.errors.append(error) }
      }
    }
    outcome.changes = files.changes
    files.failing = nil
    #expect(try Replayed(log).isWhole(outcome.acknowledged))
    log.close()
    #expect(outcome.acknowledged == all, "it heals when the disk does")
    return outcome
  }

  @Test(
    "whichever change of the disk fails: nothing acknowledged is lost, nothing is there twice, and the log heals",
    arguments: [EIO, ENOSPC], [1, 2, 7])
  func F66_everyCall(_ code: Int32, _ count: Int) throws {
    let plain = try session(FaultyFiles(MemoryDisk()))
    #expect(plain.errors.isEmpty && plain.changes > 50)
    var hit: Set<FaultyFiles.Call> = []
    for number in 1...plain.changes {
      let disk = MemoryDisk()
      let files = FaultyFiles(disk)
      files.failing = (number, count, code)
      let outcome = try session(files)
      guard let call = files.failed else { continue }
      hit.insert(call)
      // The first six make the first segment. One failed flush of a batch, or one failed preallocation, is nobody's business.
      if count == 1, [.allocate, .truncate, .remove].contains(call) { #expect(outcome.errors.isEmpty, "\(number)") }
      if count == 1, [.synchronize, .synchronizeFolder].contains(call), number > 6 {
        #expect(outcome.errors.isEmpty, "\(number)")
      }
      if count == 1, call == .write { #expect(!outcome.errors.isEmpty || number < 5, "\(number)") }
      let again = try Replayed(LocalLog(folder: "f", lock: nil, files: disk, segmentBytes: Self.segmentBytes))
      #expect(again.isWhole(outcome.acknowledged), "change \(number)")
    }
    #expect(
      hit.isSuperset(of: [.open, .write, .synchronize, .truncate, .allocate, .rename, .synchronizeFolder]) || count > 1)
  }
}
