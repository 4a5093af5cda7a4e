import ApusClient
import Foundation
import Testing

@testable import apus_load

/// Recordings of calls: the file, and the way from one server to another.
@Suite struct LoadRecordingTests {
  private static func path() -> String {
    FileManager.default.temporaryDirectory.path + "/apus-recording-\(UUID().uuidString)"
  }

  /// A recording of calls with these bytes.
  private static func record(_ calls: [[UInt8]], to path: String) throws {
    let file = try RecordingFile(path: path)
    for (index, call) in calls.enumerated() {
      call.withUnsafeBytes { file.add($0, connection: UInt32(index % 3)) }
    }
    try file.close()
  }

  @Test("a recording gives back the calls, their order and their connections")
  func roundTrip() throws {
    let path = Self.path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    var dice = SplitMix(seed: 7)
    // More than the file's buffer holds.
    let calls = (0..<300).map { _ in (0..<Int.random(in: 0...9000, using: &dice)).map { UInt8(truncatingIfNeeded: $0) }
    }
    try Self.record(calls, to: path)
    let recording = try Recording(path: path)
    #expect(recording.records.count == 300 && recording.connections == 3 && recording.bytesLeft == 0)
    for (index, call) in calls.enumerated() {
      recording.withCall(index) { #expect(Array($0) == call) }
      #expect(recording.records[index].connection == UInt32(index % 3))
    }
    #expect(recording.records.first?.nanos == 0)
    #expect(zip(recording.records.dropFirst(), recording.records).allSatisfy { $0.nanos >= $1.nanos })
  }

  @Test("a recording that was cut anywhere gives back its whole calls, or is refused")
  func cut() throws {
    let path = Self.path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Self.record([[1, 2, 3], [], [4, 5]], to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let ends = [8 + 19, 8 + 19 + 16, 8 + 19 + 16 + 18]
    #expect(bytes.count == ends[2])
    for length in 0..<bytes.count {
      try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
      let whole = ends.count { $0 <= length }
      if whole == 0 {
        #expect(throws: LoadError.self) { try Recording(path: path) }
      } else {
        let recording = try Recording(path: path)
        #expect(recording.records.count == whole && recording.bytesLeft == length - ends[whole - 1])
      }
    }
  }

  @Test("a damaged recording is refused or read, and never believed about lengths", arguments: 0..<200)
  func damaged(seed: UInt64) throws {
    let path = Self.path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Self.record([[1, 2, 3], [9], [4, 5]], to: path)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    var dice = SplitMix(seed: seed)
    for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &dice)] = UInt8(truncatingIfNeeded: dice.next()) }
    try bytes.write(to: URL(fileURLWithPath: path))
    guard let recording = try? Recording(path: path) else { return }
    for index in recording.records.indices { recording.withCall(index) { #expect($0.count <= bytes.count) } }
  }

  @Test("calls are found in a stream, however it is cut into pieces")
  func finding() {
    var dice = SplitMix(seed: 2)
    let calls = (0..<50).map { index in [UInt8](repeating: UInt8(index), count: Int.random(in: 0...600, using: &dice)) }
    let stream = calls.flatMap { FakePeer.frame($0) }
    for longest in [1, 3, 5, 700, 100_000] {
      var finder = CallFinder()
      var found: [[UInt8]] = []
      var rest = stream[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...longest, using: &dice))
        piece.withUnsafeBytes { finder.take($0) { found.append(Array($0)) } }
        rest = rest.dropFirst(piece.count)
      }
      #expect(found == calls)
    }
    var finder = CallFinder()
    [255, 255, 255, 255, 0, 0, 0, 1, 7].withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
      finder.take(bytes) { _ in Issue.record("a call in what is none") }
    }
  }

  @Test("what was recorded of a run is sent again, call by call, with its class, budget and candidates")
  func replay() throws {
    let path = Self.path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let first = CallLog()
    let server = ScriptedLoad.server { peer, call in
      first.add(call)
      ScriptedLoad.echo(peer, call)
    }
    var plan = ScriptedLoad.plan(server)
    plan.streams = [CallStream(profile: try Profile("0.4s@300"))]
    plan.classes = try Mix("default,critical,sheddable") { CallClass(name: $0) }
    plan.budgetMillis = try Mix("5000,9000") { UInt32($0) }
    plan.recordPath = path
    let report = try ScriptedLoad.run(plan)
    #expect(report.calls == 120 && report.classes.count == 3)

    let second = CallLog()
    let other = ScriptedLoad.server { peer, call in
      second.add(call)
      ScriptedLoad.echo(peer, call)
    }
    let recording = try Recording(path: path)
    var again = ScriptedLoad.plan(other)
    again.source.replayPath = path
    again.source.replaySpeed = 2
    again.warmupSeconds = 0
    again.durationSeconds = recording.seconds / 2 + 0.001
    let replayed = try ScriptedLoad.run(again)
    #expect(
      replayed.offered == first.calls.count && replayed.calls == UInt64(first.calls.count) && replayed.failed == 0)
    #expect(second.calls.sorted() == first.calls.sorted() && replayed.classes.count == 3)
  }
}

/// What a scripted server was asked, without the ids of the calls.
private final class CallLog: @unchecked Sendable {
  private let lock = NSLock()
  private var seen: [String] = []

  func add(_ call: ProtoFields) {
    let rank = call.messages(16).first
    let text = "\(call.number(2)) \(call.number(3)) \(rank?.number(1) ?? 0) \(rank?.ids(2) ?? [])"
    lock.withLock { seen.append(text) }
  }

  var calls: [String] { lock.withLock { seen } }
}
