import Foundation
import Glibc
import ServerSupport
import Testing

@Suite("Who may connect, over real sockets")
struct AccessTests {
  private static let token = "d4c0ffee-d4c0ffee-d4c0ffee"

  /// A folder that other users may look into, with a file of tokens that they may not.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    chmod(folder.path, 0o755)
    try Data("\(Self.token)\n".utf8).write(to: URL(fileURLWithPath: folder.file("tokens")))
    chmod(folder.file("tokens"), 0o600)
    return folder
  }

  @Test("the commands show a token from a file; without the right one nothing is answered")
  func F77_theCommandsShowTokens() throws {
    let folder = try folder()
    let server = try ServerProcess(["--token-file", folder.file("tokens")])
    let ask = ["describe", "--address", server.address]
    let none = try runCommand(ask)
    #expect(none.status == 77 && none.stderr.contains("UNAUTHENTICATED"), "\(none)")
    #expect(try runCommand(ask + ["--token-file", folder.file("tokens")]).status == 0)
    let tokens = ["APUS_TOKEN_FILE": folder.file("tokens")]
    #expect(try runCommand(ask, environment: tokens).status == 0)
    let load = ["--address", server.address, "--duration", "0.1", "--warmup", "0", "--candidates", "5"]
    #expect(try runCommand(load, executable: "apus-load", environment: tokens).status == 0)
    try Data("another-token-of-this-length".utf8).write(to: URL(fileURLWithPath: folder.file("other")))
    let wrong = try runCommand(ask + ["--token-file", folder.file("other")])
    #expect(wrong.status == 77 && !wrong.stderr.contains("another-token"), "\(wrong)")
    #expect(!server.standardError.contains(Self.token))
    #expect(try server.stop() == 0)
  }

  @Test("connections that show no token are told so and closed, whatever they send instead")
  func F77_noToken() throws {
    let folder = try folder()
    let server = try ServerProcess(["--token-file", folder.file("tokens")])
    for call in [CallMessage.describe(3), CallMessage(3, .ping), CallMessage(3, .authenticate(Array("guess".utf8)))] {
      let client = try RawClient(port: server.port)
      try client.send(call.frame + CallMessage.describe(4).frame)
      let (before, goodbye) = try expectGoodbye(client, .token)
      #expect(before.map(\.id) == [3] && before.allSatisfy { $0.code == .unauthenticated && !$0.isExecuted })
      #expect(goodbye.code == .unauthenticated)
    }
    let large = try RawClient(port: server.port)
    try large.send(CallMessage(3, .authenticate([UInt8](repeating: 7, count: 5_000))).frame)
    try expectGoodbye(large, .frameTooLarge)
    let right = try RawClient(port: server.port)
    #expect(try right.ask(CallMessage(1, .authenticate(Array(Self.token.utf8)))).code == .ok)
    #expect(try right.ask(.describe(2)).described.tokenFailures == 3)
    #expect(try server.stop() == 0)
  }

  /// What a program of another user gets of a Unix socket: the error of connecting, or the first bytes that come.
  private func connect(as user: UInt32, to path: String) throws -> String {
    let program = """
      import socket, sys
      s = socket.socket(socket.AF_UNIX); s.settimeout(30)
      try: s.connect(sys.argv[1])
      except OSError as e: print(type(e).__name__); sys.exit()
      print('closed' if not s.recv(4096) else 'goodbye')
      """
    let child = try ChildProcess(
      "/usr/bin/setpriv",
      ["--reuid=\(user)", "--regid=\(user)", "--clear-groups", "/usr/bin/python3", "-c", program, path])
    #expect(try child.wait() == 0, "\(child.standardError)")
    return child.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test("a Unix socket is its user's alone unless others are allowed, and then these")
  func F81_otherUsers() throws {
    let folder = try folder()
    let path = folder.file("apus.sock")
    let server = try ServerProcess(["--listen", "unix:\(path)"])
    #expect(try runCommand(["describe", "--address", "unix:\(path)"]).status == 0)
    var about = stat()
    #expect(stat(path, &about) == 0 && about.st_mode & 0o777 == 0o600)
    // Only root can become another user.
    if geteuid() == 0 { #expect(try connect(as: 65_534, to: path) == "PermissionError") }
    #expect(try server.stop() == 0)
    #expect(stat(path, &about) != 0, "the file goes with the server")

    let shared = try ServerProcess(["--listen", "unix:\(path)", "--allow-uid", "12345"])
    #expect(try runCommand(["describe", "--address", "unix:\(path)"]).status == 0)
    if geteuid() == 0 {
      #expect(try connect(as: 65_534, to: path) == "goodbye")
      // One that is allowed is heard: after three silent seconds it is told that no frame came.
      #expect(try connect(as: 12_345, to: path) == "goodbye")
      let described = try RawClient(port: shared.port).ask(.describe(1)).described
      #expect(described.connectionsRefused == 1)
    }
    #expect(try shared.stop() == 0)
  }

  @Test("a server takes over the socket of one that was killed, and not that of one that lives")
  func F81_staleSocket() throws {
    let folder = try folder()
    let path = folder.file("apus.sock")
    let listen = ["--listen", "unix:\(path)"]
    let first = try ServerProcess(listen)
    let model = try SampleModel.shared().modelPath
    let second = try runCommand([
      "serve", "--model", model, "--state", folder.file("state"), "--listen", "unix:\(path)",
    ])
    #expect(second.status == 69 && second.stderr.contains("address already in use"), "\(second)")
    first.signal(SIGKILL)
    _ = try first.wait()
    let third = try ServerProcess(listen)
    #expect(try runCommand(["describe", "--address", "unix:\(path)"]).status == 0)
    #expect(try third.stop() == 0)
  }

  @Test("options that would guard nothing are refused")
  func usage() throws {
    for options in [
      ["--listen", "unix:/tmp/x", "--token-file", "x"], ["--allow-uid", "1"], ["--connections", "0"],
    ] {
      #expect(try runCommand(["serve", "--model", "x"] + options).status == 64, "\(options)")
    }
    let missing = try runCommand(
      ["serve", "--model", SampleModel.shared().modelPath, "--listen", "127.0.0.1:0", "--token-file", "/nonexistent"])
    #expect(missing.status == 66, "\(missing)")
  }
}
