import EventLoop
import Feedback
import Foundation
import Testing

@testable import Serving

@Suite("Starting a server")
struct StartTests {
  /// What a server that must not start says.
  private func refusal(_ options: ServerOptions, _ location: SourceLocation = #_sourceLocation) -> String {
    do throws(ServerError) {
      let server = try Server(options)
      Issue.record("started on port \(server.port)", sourceLocation: location)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("a server that has started has a port, a summary, nothing to note, and the workers it was told")
  func aServerStarts() throws {
    let world = try TestWorld.shared()
    let folder = try TemporaryFolder()
    var options = ServerOptions.forTests(model: world.path, state: folder.file("new/state"))
    options.workers = 2
    let server = try Server(options)
    #expect(server.port > 0)
    #expect(
      server.summary == "model \(world.model.version): 40 users, 400 tweets; 0 events replayed; 2 workers")
    #expect(server.startupNotes.isEmpty)
    #expect(FileManager.default.fileExists(atPath: folder.file("new/state/log-00000000000000000001.segment")))
  }

  @Test("fewer than one worker is one worker")
  func workersAtLeastOne() throws {
    for workers in [0, -3] {
      let options = ServerOptions(
        modelPath: "", listenAddress: "", stateFolder: "", workers: workers, seed: 0, serverVersion: "")
      #expect(options.workers == 1)
    }
  }

  @Test("a missing model is refused by its path")
  func missingModel() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("absent.safetensors")
    let said = refusal(.forTests(model: path, state: folder.file("state")))
    #expect(said.contains(path) && said.lowercased().contains("no such file"), "\(said)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("state")), "the model is looked at first")
  }

  @Test("files that are no model are refused by their path, with the reason")
  func notAModel() throws {
    let folder = try TemporaryFolder()
    let sound = Array(try Data(contentsOf: URL(fileURLWithPath: TestWorld.shared().path)))
    var flipped = sound
    flipped[sound.count - 100] ^= 1
    let files: [(String, [UInt8], String)] = [
      ("empty", [], "the file is empty"), ("text", Array("user_id,tweet_id\n".utf8), "not a model file"),
      ("cut", Array(sound.dropLast(1)), "truncated"), ("flipped", flipped, "damaged"),
      ("bare", [2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8), "not a model file"),
    ]
    for (name, bytes, reason) in files {
      let path = try folder.write(name, bytes)
      let said = refusal(.forTests(model: path, state: folder.file("state")))
      #expect(said.contains(path) && said.contains(reason), "\(name): \(said)")
      #expect(!said.contains("\n"))
    }
    #expect(refusal(.forTests(model: folder.path, state: folder.file("state"))).contains(folder.path))
  }

  @Test("a bad listen address is refused in its own words")
  func badListenAddress() throws {
    let world = try TestWorld.shared()
    let folder = try TemporaryFolder()
    for address in ["127.0.0.1", "127.0.0.1:99999", "example.org:80", ""] {
      let said = refusal(.forTests(model: world.path, listen: address, state: folder.file("state")))
      #expect(said.hasPrefix("\"\(address)\" is not an address: "), "\(said)")
    }
  }

  @Test("a port in use is refused by the address, and leaves state folder and descriptors free")
  func portInUse() throws {
    let world = try TestWorld.shared()
    let folder = try TemporaryFolder()
    let first = try Server(.forTests(model: world.path, state: folder.file("first")))
    let taken = "127.0.0.1:\(first.port)"
    let before = try openDescriptors()
    for _ in 0..<30 {
      do throws(ServerError) {
        var options = ServerOptions.forTests(model: world.path, listen: taken, state: "")
        options.workers = 4
        options.limits.candidatesPerCall = 10
        _ = try Server(options, model: world.model, log: GatedLog())
        Issue.record("two servers at one address")
      } catch {
        #expect("\(error)" == "cannot listen on \(taken): address already in use")
      }
    }
    // Each of those starts had five loops of at least three descriptors; other tests have some too.
    #expect(try openDescriptors() - before < 250)
    let options = ServerOptions.forTests(model: world.path, listen: taken, state: folder.file("second"))
    #expect(refusal(options) == "cannot listen on \(taken): address already in use")
    #expect(try Server(.forTests(model: world.path, state: folder.file("second"))).port > 0)
  }

  private func openDescriptors() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
  }

  @Test("a state folder that cannot be written is refused by its path")
  func unwritableStateFolder() throws {
    let world = try TestWorld.shared()
    let folder = try TemporaryFolder()
    try folder.write("file", [1])
    for state in [folder.file("file"), folder.file("file/below"), "/proc/apus-state"] {
      let said = refusal(.forTests(model: world.path, state: state))
      #expect(said.hasPrefix("cannot keep feedback in \(state)") || said.contains(folder.file("file")), "\(said)")
      #expect(said.hasPrefix("cannot keep feedback in "), "\(said)")
    }
  }

  @Test("a state folder in use is refused, and is free again when its server is gone")
  func F72_lockedStateFolder() throws {
    let world = try TestWorld.shared()
    let folder = try TemporaryFolder()
    let options = ServerOptions.forTests(model: world.path, state: folder.path)
    do {
      let first = try Server(options)
      #expect(refusal(options) == "cannot keep feedback in \(folder.path): another server uses this folder")
      #expect(first.port > 0)
    }
    #expect(try Server(options).port > 0)
  }

  @Test("a torn tail of the feedback log is cut and noted; the events before it count")
  func F63_tornTail() throws {
    let world = try TestWorld.shared()
    let folder = try TemporaryFolder()
    let log = try LocalLog(folder: folder.path)
    _ = try log.append([
      .event(.init(userID: 1, tweetID: 2, type: 1, timestampSeconds: 3, requestID: 4), isUnmatched: false)
    ])
    log.close()
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("log-00000000000000000001.segment")))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(repeating: 9, count: 37))
    try handle.close()
    let options = ServerOptions.forTests(model: world.path, state: folder.path)
    do {
      let server = try Server(options)
      #expect(
        server.startupNotes == ["cut 37 bytes of a torn, never acknowledged tail from the feedback log"])
      #expect(server.summary.contains("1 events replayed; 1 worker"))
    }
    #expect(try Server(options).startupNotes.isEmpty, "it was cut once and for all")
  }
}
