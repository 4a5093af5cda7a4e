import Foundation
import Testing

/// What stops a server from starting is said in one line, with an exit code of sysexits.h.
@Suite("A server that cannot start says why")
struct CommandStartTests {
  private let model: String
  private let folder: TemporaryFolder

  init() throws {
    model = try SampleModel.shared().modelPath
    folder = try TemporaryFolder()
  }

  private func serve(_ listen: String, state: String) throws -> CommandResult {
    try runCommand(["serve", "--model", model, "--listen", listen, "--state", state])
  }

  @Test("F72: a second server on one state folder is refused; the first serves on")
  func F72_oneServerPerStateFolder() throws {
    let first = try ServerProcess()
    expectRefusal(try serve("127.0.0.1:0", state: first.stateFolder), status: 73, "another server uses this folder")
    #expect(try first.ask(["describe"]).status == 0)
    first.signal(SIGKILL)
    _ = try first.wait()
    let heir = try ServerProcess(stateFolder: first.stateFolder)
    #expect(try heir.stop() == 0, "the lock goes with the process")
  }

  @Test("A state folder that cannot be made is named")
  func unwritableState() throws {
    try write([], to: folder.file("plain"))
    for path in ["plain", "plain/state", "plain/a/b"] {
      expectRefusal(try serve("127.0.0.1:0", state: folder.file(path)), status: 73, "plain", "not a directory")
    }
    expectRefusal(try serve("127.0.0.1:0", state: "/proc/apus-state"), status: 73, "/proc/apus-state")
  }

  @Test("The soft limit of descriptors is raised; where the hard one is too low, the server says so and serves")
  func descriptorLimit() throws {
    let raised = try ServerProcess(under: ["/usr/bin/prlimit", "--nofile=100:9000"])
    #expect(textOfFile("/proc/\(raised.pid)/limits").contains(#/Max open files +8\d\d\d +9000/#))
    #expect(!raised.standardError.contains("file descriptors"))
    #expect(try raised.stop() == 0)
    let held = try ServerProcess(under: ["/usr/bin/prlimit", "--nofile=100:100"])
    #expect(held.standardError.hasPrefix("apus: at most 100 file descriptors (ulimit -n), which is less than the 8"))
    #expect(try held.ask(["describe"]).status == 0)
    #expect(try held.stop() == 0)
  }

  @Test("A state folder is made with the folders above it")
  func makesState() throws {
    let server = try ServerProcess(stateFolder: folder.file("a/b/c"))
    #expect(FileManager.default.fileExists(atPath: folder.file("a/b/c/log-00000000000000000001.segment")))
    try server.stop()
  }

  @Test("A port in use and an address of another machine are named")
  func unusableAddress() throws {
    let first = try ServerProcess()
    expectRefusal(
      try serve(first.address, state: folder.file("state")), status: 69, first.address, "address already in use")
    expectRefusal(
      try serve("192.0.2.1:7411", state: folder.file("state")), status: 69, "192.0.2.1:7411",
      "cannot assign requested address")
    #expect(try first.ask(["describe"]).status == 0)
  }

  @Test("Commands without a server say so")
  func noServer() throws {
    let server = try ServerProcess()
    let address = server.address
    try server.stop()
    for command in [
      ["rank", "--user", "u", "--tweets", "1"], ["similar", "--tweet", "1"], ["top"], ["describe", "--json"],
      ["record", "--user", "u", "--tweet", "1", "--event", "like"],
    ] {
      expectRefusal(
        try runCommand(command + ["--address", address]), status: 69, "cannot connect to \(address)", "refused")
    }
  }

  @Test("A drained server ends with 0 and says that it did")
  func drains() throws {
    for signal in [SIGTERM, SIGINT] {
      let server = try ServerProcess(["--workers", "2"])
      _ = try server.ask(["describe"])
      server.signal(signal)
      #expect(try server.wait() == 0)
      #expect(server.standardError.hasSuffix("apus: drained\n"))
    }
  }
}
