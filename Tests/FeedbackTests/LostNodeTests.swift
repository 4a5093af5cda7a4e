import Artifact
import Ranking
import Testing

@testable import Feedback

/// Whatever becomes of the file `node`, no event counts twice, though none of these has a request by which a repetition
/// could be told.
@Suite("The names of a node, lost or changed beside a snapshot")
struct LostNodeTests {
  private let folder = TemporaryFolder()

  private func open(_ folder: TemporaryFolder) throws -> FeedbackService {
    let log = try LocalLog(folder: folder.path)
    var options = FeedbackOptions()
    options.identity = try #require(log.identity)
    options.snapshotPath = folder.path + "/snapshot"
    return try FeedbackService(log: log, options: options)
  }

  /// Records and ends in order, with a snapshot; or records more and dies without one.
  private func record(_ count: Int, dies: Bool = false) throws {
    let before = dies ? contents(of: folder.path + "/snapshot") : []
    let service = try open(folder)
    #expect(try submitAndWait(service, plainEvents(count)).get().recorded == count)
    service.close()
    if dies { put(before, into: folder.path + "/snapshot") }
  }

  private var names: [UInt64] { get throws { try NodeIdentity.find(folder: folder.path)?.names.map(\.node) ?? [] } }

  /// What there is counts once, and is what the log holds.
  private func expect(events: UInt64, _ location: SourceLocation = #_sourceLocation) throws {
    let service = try open(folder)
    let (cursors, identity) = (service.cursors, service.identity)
    #expect(service.eventsRecorded == events, sourceLocation: location)
    #expect(service.note == nil && service.lastSequence == events, sourceLocation: location)
    service.close()
    #expect(cursors[identity.node] == events, sourceLocation: location)
    let whole = FoldedState()
    _ = try LogReader(folder: folder.path).read { entry, _ in whole.apply(entry) }
    #expect(
      try FoldedState.read(path: folder.path + "/snapshot").digest() == whole.digest(), sourceLocation: location)
  }

  private func remove(_ name: String) { #expect(SystemFileOperations().remove(folder.path + "/" + name) == 0) }

  @Test("F71: the file is lost: its names are found in the log, and what the snapshot holds is not folded again")
  func F71_nodeLost() throws {
    try record(50)
    try record(20, dies: true)
    let before = try names
    remove("node")
    try expect(events: 70)
    #expect(try names == before && before.count == 1)
    // Without a snapshot, too.
    remove("node")
    remove("snapshot")
    try expect(events: 70)
    #expect(try names == before)
  }

  @Test("F71: a crash between a new name and the next snapshot: the entries that it names count once")
  func F71_renamedBeforeSnapshot() throws {
    try record(50)
    for base: UInt64 in [30, 50, 60] {
      let identity = try #require(try NodeIdentity.find(folder: folder.path))
      let renamed = try identity.renamed(base: base, folder: folder.path)
      try record(10, dies: true)
      #expect(try names == renamed.names.map(\.node))
    }
    try expect(events: 80)
    // Each name began a segment, which says so.
    let expected = try #require(try NodeIdentity.find(folder: folder.path)).names.map { "\($0)" }
    remove("node")
    try expect(events: 80)
    #expect(try NodeIdentity.find(folder: folder.path)?.names.map { "\($0)" } == expected && expected.count == 4)
  }

  @Test("a name that is given while serving begins a segment, and all of them are found there")
  func renamedWhileServing() throws {
    let service = try open(folder)
    var identity = service.identity
    for base in [5, 12] {
      #expect(try submitAndWait(service, plainEvents(10)).get().lastSequence > base)
      identity = try identity.renamed(base: UInt64(base), folder: folder.path)
      let renamed = identity
      _ = wait { service.rename(to: renamed, completion: $0) }
    }
    #expect(try submitAndWait(service, plainEvents(10)).get().lastSequence == 30)
    service.close()
    #expect(folder.names.filter { $0.hasSuffix(".segment") }.count == 3)
    #expect(
      try FoldedState.read(path: folder.path + "/snapshot").cursors
        == [identity.names[0].node: 5, identity.names[1].node: 12, identity.node: 30])
    remove("node")
    try expect(events: 30)
    #expect(try NodeIdentity.find(folder: folder.path) == identity)
  }

  @Test("a file of another folder, or an old copy of it, is refused, and the log left as it is")
  func foreignNode() throws {
    try record(10)
    let old = contents(of: folder.path + "/node")
    let identity = try #require(try NodeIdentity.find(folder: folder.path))
    let renamed = try identity.renamed(base: 10, folder: folder.path)
    try record(10)
    let other = TemporaryFolder()
    try open(other).close()
    let refusal = FeedbackError.otherNode(path: folder.path + "/node", name: renamed.node)
    for bytes in [old, contents(of: other.path + "/node")] {
      put(bytes, into: folder.path + "/node")
      #expect(throws: refusal) { try LocalLog(folder: folder.path) }
    }
    remove("node")
    try expect(events: 20)
    #expect(try NodeIdentity.find(folder: folder.path) == renamed)
  }

  @Test("a snapshot of another node is not used, and said")
  func foreignSnapshot() throws {
    try record(10)
    let other = TemporaryFolder()
    let service = try open(other)
    #expect(try submitAndWait(service, plainEvents(30)).get().recorded == 30)
    service.close()
    put(contents(of: other.path + "/snapshot"), into: folder.path + "/snapshot")
    #expect(try StateVerification(LogReader(folder: folder.path)).problems.contains { $0.contains("belongs to node") })
    let again = try open(folder)
    #expect(again.note?.contains("belongs to node \(service.identity.node.hexadecimal)") == true)
    #expect(again.eventsRecorded == 10)
    again.close()
    try expect(events: 10)
  }

  @Test("log and names are gone, the snapshot is there: it is gone on with under its names")
  func onlySnapshot() throws {
    try record(10)
    let before = try names
    remove("node")
    remove(SegmentName(first: 1).text)
    let service = try open(folder)
    #expect(service.eventsRecorded == 10 && service.lastSequence == 10 && service.identity.isRecovered)
    #expect(try submitAndWait(service, plainEvents(5)).get().lastSequence == 15)
    service.close()
    #expect(try names == before)
  }

  @Test("a header names a node and its first entry, or nobody; others are broken")
  func headers() {
    func check(_ bytes: [UInt8], first: UInt64 = 9) -> SegmentHeader.Verdict {
      bytes.withUnsafeBytes { SegmentHeader.check($0, first: first) }
    }
    let span = NodeIdentity.Span(node: 77, first: 9)
    #expect(check(SegmentHeader.encoded(first: 9, owner: span)) == .sound(span))
    #expect(check(SegmentHeader.encoded(first: 9)) == .sound(nil))
    #expect(check(SegmentHeader.encoded(first: 8, owner: .init(node: 7, first: 1))) == .broken)
    for owner in [NodeIdentity.Span(node: 7, first: 10), .init(node: 7, first: 0), .init(node: 0, first: 3)] {
      #expect(check(SegmentHeader.encoded(first: 9, owner: owner)) == .broken)
    }
  }
}
