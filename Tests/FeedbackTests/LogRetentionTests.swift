import Glibc
import Ranking
import Testing

@testable import Feedback

/// Old segments go, but only those that nothing needs any more.
@Suite struct LogRetentionTests {
  /// A log of segments of just 1,000 bytes, 14 events each.
  private func makeLog(_ folder: TemporaryFolder, segments: Int) throws -> LocalLog {
    let log = try folder.log(segmentBytes: 960)
    for _ in 0..<segments { _ = try log.append(events(14).logged) }
    #expect(log.segments.map(\.first) == (0..<segments).map { UInt64($0 * 14 + 1) })
    return log
  }

  @Test("segments go, oldest first, until the rest is within the bytes; those still needed and the last stay")
  func bytes() throws {
    let folder = TemporaryFolder()
    let log = try makeLog(folder, segments: 8)
    #expect(try log.removeSegments(through: .max, keeping: LogRetention()) == 0)
    #expect(try log.removeSegments(through: .max, keeping: LogRetention(bytes: 8 * 960)) == 0)
    #expect(try log.removeSegments(through: .max, keeping: LogRetention(bytes: 8 * 960 - 1)) == 1)
    #expect(try log.removeSegments(through: .max, keeping: LogRetention(bytes: 5 * 960 + 500)) == 2)
    #expect(log.segments.first?.first == 43)
    // Of segments 43 … 56 and 57 … 70 only the first is wholly at or before 69.
    #expect(try log.removeSegments(through: 69, keeping: .none) == 1)
    #expect(try log.removeSegments(through: 69, keeping: .none) == 0)
    #expect(try log.removeSegments(through: 70, keeping: .none) == 1)
    #expect(try log.removeSegments(through: .max, keeping: .none) == 2)
    #expect(log.segments.map(\.first) == [99] && folder.names.count == 2)
    #expect(try log.append(events(1).logged) == 113)
  }

  @Test("segments that were last written too long ago go although there is room")
  func days() throws {
    let folder = TemporaryFolder()
    let log = try makeLog(folder, segments: 5)
    let now = time(nil)
    for (first, age) in [(1, 90_000), (15, 86_000), (29, 90_000), (43, 0), (57, 0)] as [(UInt64, Int)] {
      let then = timespec(tv_sec: now - age, tv_nsec: 0)
      #expect(
        [then, then].withUnsafeBufferPointer { utimensat(AT_FDCWD, folder.segment(first), $0.baseAddress, 0) } == 0)
    }
    let retention = LogRetention(seconds: 86_400)
    // The one of 15 is not old enough, and stands before that of 29.
    #expect(try log.removeSegments(through: .max, keeping: retention) == 1)
    #expect(log.segments.map(\.first) == [15, 29, 43, 57])
    #expect(try log.removeSegments(through: .max, keeping: LogRetention(seconds: 80_000)) == 2)
    #expect(log.segments.map(\.first) == [43, 57])
  }

  @Test("a service gives back what its snapshot holds and the retention does not keep, at the latest when it ends")
  func service() throws {
    for (bytes, isKept) in [(1 << 20, true), (20_000, false)] {
      let folder = TemporaryFolder()
      var options = FeedbackOptions()
      options.snapshotPath = folder.path + "/snapshot"
      options.identity = NodeIdentity(node: 3)
      options.retention = LogRetention(bytes: bytes)
      let service = try FeedbackService(log: folder.log(segmentBytes: 8_192), options: options)
      let all = plainEvents(1_000)
      for start in stride(from: 0, to: 1_000, by: 50) { _ = submitAndWait(service, Array(all[start..<start + 50])) }
      #expect(folder.names.contains(SegmentName(first: 1).text), "before a snapshot nothing goes")
      service.close()
      #expect(folder.names.contains(SegmentName(first: 1).text) == isKept)
      #expect(folder.names.contains(SegmentName(first: 901).text))
      let again = try FeedbackService(log: folder.log(segmentBytes: 8_192), options: options)
      #expect(again.eventsRecorded == 1_000 && again.replayed.damages.isEmpty)
      again.close()
    }
  }
}
