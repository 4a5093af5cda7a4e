import Artifact
import Ranking
import Testing

@testable import Feedback

/// A state folder is sound, or every damage of it is said.
@Suite struct StateVerificationTests {
  /// A folder with a log of several segments and a snapshot as of somewhere in it.
  private func makeFolder(retention: LogRetention = LogRetention()) throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    var options = FeedbackOptions()
    options.snapshotPath = folder.path + "/snapshot"
    options.snapshotPeriod = 300
    options.retention = retention
    options.identity = try NodeIdentity.read(folder: folder.path)
    let service = try FeedbackService(log: folder.log(segmentBytes: 10_000), options: options)
    for ranking in FoldWorld(seed: 1).entries {
      guard case .ranking(let ranking) = ranking else { continue }
      service.served.add(ranking)
    }
    let all = FoldWorld(seed: 1).entries.compactMap { if case .event(let event, _) = $0 { event } else { nil } }
    for start in stride(from: 0, to: all.count, by: 20) {
      _ = submitAndWait(service, Array(all[start..<min(start + 20, all.count)]))
    }
    _ = submitAndWait(service, plainEvents(700))
    service.close()
    // More than the snapshot knows.
    let log = try folder.log(segmentBytes: 10_000)
    _ = try log.append(events(40, seed: 9).logged)
    log.close()
    return folder
  }

  private func verify(_ folder: TemporaryFolder) throws -> StateVerification {
    try StateVerification(LogReader(folder: folder.path))
  }

  /// The snapshot's facts.
  private func facts(_ found: StateVerification) throws -> SnapshotFacts {
    guard case .sound(let facts) = found.snapshot else { throw FeedbackError.closed }
    return facts
  }

  @Test("a sound folder is sound, and snapshot and log come to the state of the whole log")
  func sound() throws {
    let folder = try makeFolder()
    let found = try verify(folder)
    #expect(found.isSound, "\(found.problems) \(found.contents.damages)")
    let facts = try facts(found)
    #expect(facts.lastSequence == found.contents.lastSequence - 40 && facts.lastSequence > 700 && facts.otherNodes == 0)
    var all: [LogEntry] = []
    _ = try LogReader(folder: folder.path).read { entry, _ in all.append(entry) }
    let digest = folded(all).digest()
    #expect(found.comparison == .equal(digest: digest))
    #expect(folded(all.dropLast(40)).digest() == facts.digest && facts.digest != digest)
  }

  @Test("a flipped bit in the log is damage, in the snapshot a problem; the other half is checked all the same")
  func flippedBits() throws {
    for name in ["snapshot", SegmentName(first: 1).text] {
      let folder = try makeFolder()
      var bytes = contents(of: folder.path + "/" + name)
      bytes[bytes.count / 2] ^= 4
      put(bytes, into: folder.path + "/" + name)
      let found = try verify(folder)
      #expect(!found.isSound)
      #expect(
        found.contents.damages.count == (name == "snapshot" ? 0 : 1)
          && found.problems.count == (name == "snapshot" ? 1 : 0))
      guard case .impossible = found.comparison else {
        Issue.record("\(found.comparison)")
        continue
      }
      #expect(contents(of: folder.path + "/" + name) == bytes)
    }
  }

  @Test("a snapshot that another log made is told from this one's")
  func foreignSnapshot() throws {
    let folder = try makeFolder()
    let state = try FoldedState.read(path: folder.path + "/snapshot")
    let like = FeedbackEvent(userID: 1, tweetID: 2, type: 3, timestampSeconds: FoldWorld.start, requestID: 0)
    state.apply(.event(like, isUnmatched: false))
    try state.snapshot().write(to: folder.path + "/snapshot")
    let found = try verify(folder)
    guard case .different = found.comparison else { throw FeedbackError.closed }
    #expect(!found.isSound && found.problems.count == 1 && found.contents.damages.isEmpty)
  }

  @Test("a log that was given back before its snapshot is sound, one that is missing otherwise is not")
  func missingBeginning() throws {
    let folder = try makeFolder(retention: .none)
    #expect(!folder.names.contains(SegmentName(first: 1).text))
    let found = try verify(folder)
    #expect(found.isSound, "\(found.problems)")
    #expect(found.comparison == .impossible(reason: "the log begins with entry \(found.contents.firstSequence)"))
    put([], into: folder.path + "/snapshot")
    #expect(try verify(folder).problems.count == 2, "neither a snapshot nor what it stood for")
  }

  @Test("a log that ends before its snapshot, and a snapshot without a node, are problems")
  func inconsistentFolder() throws {
    let folder = try makeFolder()
    let state = try FoldedState.read(path: folder.path + "/snapshot")
    let node = try #require(try NodeIdentity.find(folder: folder.path)).node
    state.cursors[node] = 1_000_000
    try state.snapshot().write(to: folder.path + "/snapshot")
    #expect(try verify(folder).problems.contains { $0.contains("the snapshot holds entries up to 1000000") })
    #expect(SystemFileOperations().remove(folder.path + "/node") == 0)
    #expect(try verify(folder).problems.contains { $0.contains("the file node is missing") })
    #expect(try NodeIdentity.find(folder: folder.path) == nil)
  }
}
