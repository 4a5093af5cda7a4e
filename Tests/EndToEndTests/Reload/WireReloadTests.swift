import Foundation
import Glibc
import ServerSupport
import Testing

@Suite("Another model while serving")
struct WireReloadTests {
  @Test("F55: the file is truncated, written over and deleted after it was loaded: the answers stay as they were")
  func F55_fileChangedWhileServed() throws {
    let it = try ReloadingServer()
    let before = try it.rankings()
    #expect(truncate(it.path, 1_000) == 0)
    #expect(try it.rankings() == before)
    let handle = try #require(FileHandle(forWritingAtPath: it.path))
    try handle.write(contentsOf: Data(repeating: 0xFF, count: 4 << 20))
    try handle.close()
    #expect(try it.rankings() == before)
    expectRefused(try it.reload(), it.path)
    try FileManager.default.removeItem(atPath: it.path)
    #expect(try it.rankings() == before)
    expectRefused(try it.reload(), "No such file")
    #expect(try it.rankings() == before && it.describe().modelVersion == it.models.newerVersion)
    try it.stop()
  }

  @Test("F57: a hundred reloads under load: no call fails, each answer is one model's, memory is given back")
  func F57_reloadsUnderLoad() throws {
    let it = try ReloadingServer(["--workers", "2"])
    var expected = [it.models.newerVersion: try it.rankings()]
    try it.put(it.models.older)
    guard case .reloaded = try it.reload().result else { throw TestFailure(it.server.standardError) }
    expected[it.models.olderVersion] = try it.rankings()
    #expect(expected[it.models.newerVersion] != expected[it.models.olderVersion])
    // A sanitizer looks for races, not for numbers, and slows workers so that the loader hardly gets a turn.
    let rounds = Executables.areSanitized ? 16 : 100
    let load = (0..<3).map { _ in ReloadLoad(port: it.server.port, expected: expected) }
    var versions: Set<String> = []
    for round in 0..<rounds {
      try it.put(round % 2 == 0 ? it.models.newer : it.models.older)
      guard case .reloaded(let now, let before) = try it.reload().result else {
        throw TestFailure("round \(round): \(it.server.standardError)")
      }
      #expect(now == (round % 2 == 0 ? it.models.newerVersion : it.models.olderVersion) && before != now)
      versions.insert(now)
    }
    for one in load {
      let seen = try one.stop()
      #expect(Set(seen.keys) == versions, "\(seen)")
    }
    #expect(try it.describe().reloads.done == UInt64(rounds + 1))
    // Without calls, whose answers are remembered for feedback to name, memory is that of one model whatever the number.
    // The heap keeps some free megabytes after some reloads and not after others.
    var resident = [Int](repeating: .max, count: 3)
    for round in 0..<30 {
      #expect(try it.reload(rollback: true).code == .ok)
      resident[round / 10] = min(resident[round / 10], it.server.residentBytes)
    }
    let growth = Double(resident[2]) / Double(resident[0])
    #expect(growth < (Executables.areSanitized ? 1.3 : 1.05), "\(resident) bytes")
    try it.stop()
  }

  @Test("F58: models with poisoned weights or other golden scores are refused, with the reason; a rollback goes back")
  func F58_poisonedModels() throws {
    let it = try ReloadingServer()
    let before = try it.rankings()
    expectRefused(try it.reload(rollback: true), "no model before")
    try TwoModels.poison(it.models.older, to: it.path, "moment.fresh.slope") { (values: inout [Float]) in
      values[0] = .nan
    }
    expectRefused(try it.reload(), "moment.fresh.slope")
    try TwoModels.poison(it.models.older, to: it.path, "moment.fresh.offset") { (values: inout [Float]) in
      values[0] += 0.5
    }
    expectRefused(try it.reload(), "golden")
    #expect(try it.rankings() == before)
    let told = try it.describe()
    #expect(told.modelVersion == it.models.newerVersion && told.reloads.done == 0 && told.reloads.refused == 3)
    #expect(told.reloads.lastError.contains("golden") && told.reloads.previousModel == "")
    #expect(it.server.standardError.contains("was refused") && it.server.standardError.contains("golden"))
    // A sound one that is not liked: back to the one before, whose name another file has by now, and forth again.
    try it.put(it.models.older)
    guard case .reloaded = try it.reload().result else { throw TestFailure(it.server.standardError) }
    let after = try it.rankings()
    #expect(after != before && after.allSatisfy { $0.modelVersion == it.models.olderVersion })
    #expect(try it.describe().reloads.previousModel == it.models.newerVersion)
    for rankings in [before, after, before] {
      guard case .reloaded = try it.reload(rollback: true).result else { throw TestFailure(it.server.standardError) }
      #expect(try it.rankings() == rankings)
    }
    #expect(try it.describe().reloads.lastError == "")
    try it.stop()
  }

  @Test("F59: a thousand SIGHUPs are few reloads, and the last file is served")
  func F59_signalStorm() throws {
    let it = try ReloadingServer()
    for round in 0..<1_000 {
      if round == 500 { try it.put(it.models.older) }
      it.server.signal(SIGHUP)
    }
    let told = try it.wait("the last file is served") {
      $0.modelVersion == it.models.olderVersion && !$0.reloads.isInProgress
    }
    #expect(told.reloads.done == 1 && told.reloads.refused == 0)
    #expect(it.server.standardError.split(separator: "\n").count < 500)
    try it.stop()
  }

  @Test("F59: of reload calls that come while one runs the latest counts, and every one is answered")
  func F59_callsWhileReloading() throws {
    let it = try ReloadingServer()
    try it.put(it.models.older)
    guard case .reloaded = try it.reload().result else { throw TestFailure(it.server.standardError) }
    let client = try it.client()
    let calls = UInt64(31)
    for id in 1...calls { try client.send(.reload(id, rollback: id % 2 == 0)) }
    var replies: [UInt64: ReplyMessage] = [:]
    for _ in 1...calls {
      let reply = try client.readReply()
      replies[reply.id] = reply
    }
    #expect(replies.count == Int(calls) && replies[calls]?.code == .ok)
    // A machine that is busy may not take a call up in time.
    let others = replies.values.filter { $0.code != .ok && $0.code != .deadlineExceeded }
    #expect(!others.isEmpty && others.allSatisfy { $0.code == .aborted && $0.reason == .reloading }, "\(others)")
    // The last call asks for the file.
    #expect(try it.describe().modelVersion == it.models.olderVersion)
    try it.stop()
  }

  @Test("F60: where two models do not fit, the old one stays; where they do again, the new one is taken")
  func F60_noRoomForTwo() throws {
    let it = try ReloadingServer(["--workers", "32"])
    let before = try it.rankings()
    try it.put(it.models.older)
    func limit(_ bytes: String) throws {
      let tool = try ChildProcess("/usr/bin/prlimit", ["--pid", "\(it.server.pid)", "--as=\(bytes):"])
      guard try tool.wait() == 0 else { throw TestFailure(tool.standardError) }
    }
    try limit("\(it.server.virtualBytes + (160 << 20))")
    let refused = try it.reload()
    #expect(refused.code == .resourceExhausted && refused.reason == .modelRefused, "\(refused)")
    #expect(refused.message.contains("address space"))
    #expect(try it.rankings() == before && it.describe().reloads.refused == 1)
    try limit("unlimited")
    guard case .reloaded = try it.reload().result else { throw TestFailure(it.server.standardError) }
    #expect(try it.rankings() != before)
    try it.stop()
  }
}
