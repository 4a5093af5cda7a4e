import Foundation
import Glibc
import ServerSupport
import Testing

@Suite("A watched model file")
struct ModelWatchTests {
  @Test("F56: a copy written in place is not looked at, one that is renamed into place is")
  func F56_onlyWhatIsRenamed() throws {
    let it = try ReloadingServer(["--watch"])
    let older = try Data(contentsOf: URL(fileURLWithPath: it.models.older))
    let handle = try #require(FileHandle(forWritingAtPath: it.path))
    for start in stride(from: 0, to: older.count, by: 256 << 10) {
      try handle.write(contentsOf: older[start..<min(start + 256 << 10, older.count)])
      usleep(1_000)
    }
    try handle.close()
    // Another file of the folder is none of its business either.
    try FileManager.default.copyItem(atPath: it.models.older, toPath: it.folder.file("other"))
    try it.move(it.folder.file("other"), to: it.folder.file("another"))
    // Longer than the pause between two looks at the path: what was to be seen would have been by now.
    usleep(2_500_000)
    let told = try it.describe()
    #expect(
      told.modelVersion == it.models.newerVersion && told.reloads.done == 0 && told.reloads.refused == 0
        && !told.reloads.isInProgress)
    try it.put(it.models.older)
    let after = try it.wait("the renamed file is served") { $0.reloads.done == 1 }
    #expect(after.modelVersion == it.models.olderVersion && after.reloads.refused == 0)
    #expect(after.reloads.previousModel == it.models.newerVersion)
    try it.put(it.models.newer)
    try it.wait("and the next") { $0.modelVersion == it.models.newerVersion }
    try it.stop()
  }

  @Test("F56: a file that is renamed before it is whole is looked at again; one that never is whole is refused")
  func F56_unfinished() throws {
    let it = try ReloadingServer(["--watch"])
    let older = try Data(contentsOf: URL(fileURLWithPath: it.models.older))
    let part = it.folder.file("part")
    try older.prefix(older.count / 2).write(to: URL(fileURLWithPath: part))
    let handle = try #require(FileHandle(forWritingAtPath: part))
    try it.move(part, to: it.path)
    try it.wait("it is looked at") { $0.reloads.isInProgress }
    try handle.seekToEnd()
    try handle.write(contentsOf: older.suffix(older.count - older.count / 2))
    try handle.close()
    let whole = try it.wait("the whole file is served") { $0.reloads.done == 1 }
    #expect(whole.modelVersion == it.models.olderVersion && whole.reloads.refused == 0, "\(whole.reloads)")
    try older.prefix(older.count / 3).write(to: URL(fileURLWithPath: part))
    try it.move(part, to: it.path)
    let refused = try it.wait("it is given up") { $0.reloads.refused == 1 }
    #expect(refused.reloads.lastError.contains("truncated") && refused.modelVersion == it.models.olderVersion)
    try it.put(it.models.newer)
    let sound = try it.wait("a sound one is taken") { $0.reloads.done == 2 }
    #expect(sound.modelVersion == it.models.newerVersion && sound.reloads.lastError == "")
    try it.stop()
  }

  @Test("F56: a symbolic link at the path, or on the way to it, may be swapped")
  func F56_symbolicLinks() throws {
    let it = try ReloadingServer(["--watch"], path: "current/model.safetensors")
    let manager = FileManager.default
    // The folder becomes a link to folders of versions, as deployments have it.
    for (version, model) in [("v1", it.models.older), ("v2", it.models.newer)] {
      try manager.createDirectory(atPath: it.folder.file(version), withIntermediateDirectories: true)
      try manager.copyItem(atPath: model, toPath: it.folder.file("\(version)/model.safetensors"))
    }
    func link(_ name: String, to target: String) throws {
      try manager.createSymbolicLink(atPath: it.folder.file("link"), withDestinationPath: target)
      try it.move(it.folder.file("link"), to: it.folder.file(name))
    }
    try it.move(it.folder.file("current"), to: it.folder.file("away"))
    try link("current", to: "v1")
    try it.wait("the linked folder's file is served") { $0.modelVersion == it.models.olderVersion }
    try link("current", to: "v2")
    try it.wait("the link's new folder is looked into") { $0.modelVersion == it.models.newerVersion }
    try link("v2/model.safetensors", to: "../v1/model.safetensors")
    try it.wait("a link in place of the file is followed") { $0.modelVersion == it.models.olderVersion }
    #expect(try it.describe().reloads.refused == 0)
    try it.stop()
  }

  @Test(
    "F56: a folder that is gone, a file that cannot be opened: the model stays, and what comes in their place is taken")
  func F56_nothingThere() throws {
    let it = try ReloadingServer(["--watch"], path: "models/model.safetensors")
    let before = try it.rankings()
    try it.move(it.folder.file("models"), to: it.folder.file("gone"))
    it.server.signal(SIGHUP)
    let gone = try it.wait("the missing file is told") { $0.reloads.refused == 1 }
    #expect(gone.reloads.lastError.contains("No such file"))
    try FileManager.default.createDirectory(atPath: it.folder.file("models"), withIntermediateDirectories: true)
    // A link to itself cannot be opened, whoever asks.
    try FileManager.default.createSymbolicLink(atPath: it.path, withDestinationPath: "model.safetensors")
    expectRefused(try it.reload(), "symbolic links")
    #expect(try it.rankings() == before)
    try it.put(it.models.older)
    try it.wait("the new folder's file is served") { $0.modelVersion == it.models.olderVersion }
    try it.stop()
  }

  @Test("without --watch nothing is loaded by itself; a path is taken from a call only in the folder that is allowed")
  func pathsOfCalls() throws {
    let it = try ReloadingServer()
    try it.put(it.models.older)
    let denied = try it.reload(path: it.models.older)
    #expect(denied.code == .permissionDenied && denied.reason == .modelRefused, "\(denied)")
    #expect(try it.describe().modelVersion == it.models.newerVersion && it.describe().reloads.refused == 0)
    try it.stop()
    let allowed = try ReloadingServer(["--reload-folder", it.folder.file("candidates")])
    try FileManager.default.createDirectory(atPath: it.folder.file("candidates"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: it.models.older, toPath: it.folder.file("candidates/next"))
    try FileManager.default.createSymbolicLink(
      atPath: it.folder.file("candidates/out"), withDestinationPath: it.models.older)
    for path in [it.models.older, "../model.safetensors", "out", "absent", "/etc/passwd"] {
      #expect(try allowed.reload(path: path).code == .permissionDenied, "\(path)")
    }
    guard case .reloaded(let now, _) = try allowed.reload(path: "next").result else {
      throw TestFailure(allowed.server.standardError)
    }
    #expect(now == it.models.olderVersion)
    guard case .reloaded(let own, _) = try allowed.reload().result else { throw TestFailure("no way back") }
    #expect(own == it.models.newerVersion)
    #expect(try allowed.client().ask(.reload(1, path: "next", rollback: true)).code == .invalidArgument)
    try allowed.stop()
  }
}
