import Glibc
import Ranking
import Testing

@testable import Feedback

/// Sessions that end in the middle of a call, on a disk that keeps some of what was not flushed.
@Suite struct LogPowerCutTests {
  private static let segmentBytes = 8_192

  /// What is known of a log from outside.
  private struct Journal {
    var acknowledged: [LogEntry] = []
    /// Sent, and not answered or answered with an error.
    var pending: [LogEntry] = []
    private var sent: UInt64 = 0

    /// Entries that were never sent before.
    mutating func newBatch(_ random: inout SeededGenerator) -> [LogEntry] {
      (0..<Int.random(in: 1...40, using: &random)).map { _ in
        sent += 1
        let event = FeedbackEvent(userID: 1, tweetID: 2, type: 3, timestampSeconds: 4, requestID: sent)
        guard sent % 16 == 0 else { return .event(event, isUnmatched: false) }
        var shown = ranking(&random, limit: 40)
        shown.requestID = sent
        return .ranking(shown)
      }
    }

    /// Whether a log holds what was acknowledged, and of the rest only a beginning.
    func allows(_ found: [LogEntry]) -> Bool {
      found.starts(with: acknowledged) && pending.starts(with: found.dropFirst(acknowledged.count))
    }
  }

  @Test("what a start has read is there for good, although whoever wrote it was killed before it was flushed")
  func F62_readIsDurable() throws {
    let disk = MemoryDisk()
    let entries = entries(40, seed: 11)
    let files = FaultyFiles(disk)
    let first = try LocalLog(folder: "f", lock: nil, files: files, segmentBytes: Self.segmentBytes)
    _ = try first.append(Array(entries[..<20]))
    // The write is done, and from the flush on nothing is.
    files.cut = (files.changes + 2, {})
    #expect(throws: FeedbackError.self) { try first.append(Array(entries[20...])) }
    first.close()
    let second = try LocalLog(folder: "f", lock: nil, files: disk, segmentBytes: Self.segmentBytes)
    #expect(try Replayed(second).entries == entries)
    for seed in 0..<50 {
      let left = disk.afterCut(seed: UInt64(seed))
      let third = try LocalLog(folder: "f", lock: nil, files: left, segmentBytes: Self.segmentBytes)
      #expect(try Replayed(third).entries == entries)
    }
  }

  @Test("after any power cut every acknowledged entry is there once, in order, and nothing is said to be damaged")
  func F62_powerCuts() throws {
    var cutsInAppends = 0
    for seed in 0..<10_000 {
      var random = SeededGenerator(seed: UInt64(seed))
      var journal = Journal()
      var disk = MemoryDisk()
      for _ in 0..<2 {
        var left: (disk: MemoryDisk, journal: Journal)?
        let files = FaultyFiles(disk)
        files.cut = (
          .random(in: 1...30, using: &random), { [disk] in left = (disk.afterCut(seed: UInt64(seed)), journal) }
        )
        if let log = try? LocalLog(folder: "f", lock: nil, files: files, segmentBytes: Self.segmentBytes) {
          var batch: [LogEntry] = []
          _ = try? Replayed(log)
          while left == nil {
            batch = journal.newBatch(&random)
            journal.pending = batch
            guard (try? log.append(batch)) != nil, left == nil else { break }
            journal.acknowledged += batch
            journal.pending = []
          }
          log.close()
        }
        guard let found = left else { continue }
        (disk, journal) = found
        if !journal.pending.isEmpty { cutsInAppends += 1 }
        let log = try LocalLog(folder: "f", lock: nil, files: disk, segmentBytes: Self.segmentBytes)
        let replayed = try Replayed(log)
        #expect(replayed.summary.damages.isEmpty && journal.allows(replayed.entries), "seed \(seed)")
        #expect(replayed.sequences == (0..<replayed.entries.count).map { UInt64($0 + 1) }, "seed \(seed)")
        journal.acknowledged = replayed.entries
        journal.pending = []
        log.close()
      }
    }
    #expect(cutsInAppends > 5_000)
  }
}
