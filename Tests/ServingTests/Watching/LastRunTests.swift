import Foundation
import ServerSupport
import Testing

@testable import Serving

@Suite("The trace of a run")
struct LastRunTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("a run that ends in order leaves no trace; one that does not leaves what it was doing")
  func F75_traces() throws {
    #expect(LastRun.trace(folder: folder.path) == nil)
    let started = Date(timeIntervalSince1970: 1_700_000_000)
    let run = try #require(LastRun(folder: folder.path, version: "9.9", model: "abc", now: started))
    let early = try #require(LastRun.trace(folder: folder.path))
    #expect(early.contains("version 9.9, model abc, process \(getpid()), started 2023-11-14T22:13:20Z"))
    run.update("answering call 7, after score", now: started + 60)
    run.update("short", now: started + 61)
    let late = try #require(LastRun.trace(folder: folder.path))
    #expect(late.hasSuffix("last seen 2023-11-14T22:14:21Z: short"), "\(late)")
    run.remove()
    #expect(LastRun.trace(folder: folder.path) == nil)
    #expect(LastRun(folder: folder.file("absent"), version: "", model: "") == nil)
  }

  @Test("whatever the file holds, the trace is one short line of plain text")
  func F75_anyBytes() throws {
    for bytes in [[], [0xFF, 0xFE], Array("a\nb\u{1B}[2J\u{7}c\rö".utf8), [UInt8](repeating: 65, count: 100_000)]
      as [[UInt8]]
    {
      try folder.write("running", bytes)
      let trace = try #require(LastRun.trace(folder: folder.path))
      #expect(
        !trace.isEmpty && trace.utf8.count <= 1_024 && trace.utf8.allSatisfy { (32..<127).contains($0) }, "\(trace)")
    }
  }

  @Test("a server notes at its start that the last one did not end in order, says so in Describe, and cleans up")
  func F75_noted() throws {
    let world = try TestWorld.shared()
    let options = ServerOptions.forTests(model: world.path, state: folder.path)
    let crashed = try #require(LastRun(folder: folder.path, version: "0.0", model: "old"))
    crashed.update("answering call 7, after score")
    let server = try Server(options)
    #expect(server.startupNotes.count == 1)
    #expect(server.startupNotes[0].hasPrefix("the last run did not end in order: version 0.0, model old, process "))
    #expect(server.startupNotes[0].hasSuffix(": answering call 7, after score"))
    let running = Background { server.run() }
    try awaitUntil("it says that it runs") { LastRun.trace(folder: folder.path)?.contains("model old") == false }
    server.stop()
    try running.join()
    #expect(LastRun.trace(folder: folder.path) == nil)
  }
}
