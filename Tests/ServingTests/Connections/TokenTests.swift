import ServerSupport
import Foundation
import Glibc
import Testing
import Wire

@testable import Serving

@Suite("Tokens")
struct TokenTests {
  private static let token = "a token of more than 16 bytes"
  private let folder: TemporaryFolder
  private var path: String { folder.file("tokens") }

  init() throws {
    folder = try TemporaryFolder()
    try write(Self.token)
  }

  private func write(_ text: String, mode: mode_t = 0o600) throws {
    // Beside it and then over it, as editors and orchestrators do: nobody sees half a file.
    let fresh = try folder.write("tokens.fresh", Array(text.utf8))
    chmod(fresh, mode)
    rename(fresh, path)
  }

  private func withTokens(_ limits: Limits = Limits(), _ body: (RunningServer) throws -> Void) throws {
    try withServer(limits: limits, configure: { $0.tokenPath = path }, token: Self.token, body)
  }

  /// That the connection was refused for want of a token: what was answered before the goodbye.
  private func expectRefusal(_ client: Client, _ location: SourceLocation = #_sourceLocation) throws -> [Answer] {
    let answers = try client.repliesToEnd()
    #expect(answers.allSatisfy { $0.status.code == .unauthenticated && $0.status.reason == .token })
    #expect(answers.last?.goAwayLastCallID == 0, sourceLocation: location)
    return answers.dropLast()
  }

  @Test("the first call must show a token, and with it everything is as ever, also what was sent right behind it")
  func F77_theFirstCall() throws {
    try withTokens { server in
      let client = try server.connect()
      try client.send([.authenticate(7, Array(Self.token.utf8)), .describe(8), .top(9)])
      let answers = try client.replies(3)
      #expect(answers.map(\.id).sorted() == [7, 8, 9] && answers.allSatisfy { $0.status.code == .ok })
      // Frames of every length are taken now.
      #expect(try client.ask(Call.describe(10).padded(to: 9_000)).status.code == .ok)
      #expect(try client.ask(.authenticate(11, [1])).status.code == .ok, "it is authenticated, once and for all")
    }
  }

  @Test("whatever else comes first is answered and ends the connection, and nothing behind it is done")
  func F77_anythingElse() throws {
    var limits = Limits()
    limits.tokenFailuresPerMinute = 1_000
    let right = Array(Self.token.utf8)
    let method = Call.authenticate(5, right).payload
    let longest = 4_096 - 200
    let wrong: [(String, Call)] = [
      ("no token", .describe(5)), ("an empty token", .authenticate(5, [])),
      ("a part", .authenticate(5, Array(right.dropLast()))), ("more", .authenticate(5, right + [0])),
      ("another", .authenticate(5, right.map { $0 ^ 1 })),
      ("a long one", .authenticate(5, [UInt8](repeating: 7, count: longest))),
      ("another method behind it", Call(payload: method + MessageWriter.make { $0.payload(21, []) })),
      ("garbage behind it", Call(payload: method + [0xFF])), ("the token elsewhere", Call(5) { $0.payload(1, right) }),
      ("a cut request", Call(5) { $0.payload(25, [0x0A, 0x7F]) }),
    ]
    try withTokens(limits) { server in
      for (what, call) in wrong {
        let client = try server.connect()
        try client.send([call, .authenticate(6, right), .record(7, [1])])
        #expect(try expectRefusal(client).map(\.id) == [5], "\(what)")
      }
      for call in [Call(payload: []), Call(payload: [0xFF]), .authenticate(0, right)] {
        let client = try server.connect()
        try client.send([call, .record(7, [1])])
        #expect(try expectRefusal(client).isEmpty)
      }
      let client = try server.connect()
      #expect(try client.ask(.authenticate(1, right)).status.code == .ok)
      let description = try #require(try client.ask(.describe(2)).description)
      #expect(description.tokenFailures == UInt64(wrong.count) + 3 && description.eventsRecorded == 0)
    }
  }

  @Test("before it, a frame over 4 KiB is refused unread, and a connection that shows none in time is closed")
  func F77_strangersCostLittle() throws {
    var limits = Limits()
    limits.firstFrameMillis = 200
    try withTokens(limits) { server in
      let large = try server.connect()
      try large.send(Call.prefix(4_097))
      #expect(try large.repliesToEnd().map(\.status.reason) == [.frameTooLarge])
      let slow = try server.connect()
      try slow.send(Array(Call.authenticate(1, Array(Self.token.utf8)).frame.dropLast()))
      #expect(try slow.repliesToEnd().map(\.status.reason) == [.slowFrame])
      try server.awaitConnections(0)
    }
  }

  @Test("after so many failures within a minute a client is turned away, whatever it would show; others are not")
  func F77_guessing() throws {
    var limits = Limits()
    limits.tokenFailuresPerMinute = 3
    let socket = folder.file("socket")
    let server = try RunningServer(limits: limits) { [path] in
      ($0.tokenPath, $0.otherAddresses) = (path, ["unix:\(socket)"])
    }
    for _ in 0..<3 {
      let client = try server.connect()
      try client.send(.describe(1))
      _ = try expectRefusal(client)
    }
    try server.awaitConnections(0)
    let right = try server.connect()
    let answers = try right.repliesToEnd()
    #expect(answers.count == 1 && answers[0].status.reason == .token && answers[0].status.retryAfterMillis == 60_000)
    // A user of this machine shows no token: the kernel says who it is.
    let description = try #require(try Client(path: socket).ask(.describe(1)).description)
    #expect(description.tokenFailures == 3 && description.connectionsRefused == 1)
    try server.stop()
  }

  @Test("a changed file is taken up while serving: a new token is good, one that is gone is not")
  func F77_expiredTokens() throws {
    let next = "the token after that one"
    var limits = Limits()
    // It is tried until it works.
    limits.tokenFailuresPerMinute = 1_000_000
    try withTokens(limits) { server in
      let before = try server.connect()
      #expect(try before.ask(.authenticate(1, Array(Self.token.utf8))).status.code == .ok)
      try write("\n  \(next)\r\n\n")
      try awaitUntil("the new token is good") {
        try server.connect().ask(.authenticate(1, Array(next.utf8))).status.code == .ok
      }
      let old = try server.connect()
      try old.send(.authenticate(1, Array(Self.token.utf8)))
      #expect(try expectRefusal(old).count == 1)
      #expect(try before.ask(.describe(2)).status.code == .ok, "who is in stays in")
      // A file that cannot be used changes nothing; then both are good.
      try write("short")
      usleep(1_500_000)
      #expect(try server.connect().ask(.authenticate(1, Array(next.utf8))).status.code == .ok)
      try write("\(next)\n\(Self.token)\n")
      try awaitUntil("both tokens are good") {
        try server.connect().ask(.authenticate(1, Array(Self.token.utf8))).status.code == .ok
      }
    }
  }

  @Test("files that hold no usable token keep the server from starting, in words without the token")
  func badFiles() throws {
    let cases: [(String, mode_t, String)] = [
      ("", 0o600, "it holds no token"), (" \n\r\n", 0o600, "it holds no token"),
      ("hunter2", 0o600, "a token of 7 bytes is not one of 16 to 1024"),
      (String(repeating: "x", count: 1_025), 0o600, "a token of 1025 bytes is not one of 16 to 1024"),
      (String(repeating: "y", count: 70_000), 0o600, "it is longer than 65664 bytes"),
      (String(repeating: "0123456789abcdef\n", count: 65), 0o600, "it holds 65 tokens; the limit is 64"),
      (Self.token, 0o644, "everybody may read or change it; chmod 600 helps"),
    ]
    for (text, mode, reason) in cases {
      try write(text, mode: mode)
      let error = #expect(throws: TokenError.self) { try TokenFile(path: path, limits: Limits()) }
      #expect(error.map { "\($0)" } == "\(path) cannot be used as a file of tokens: \(reason)")
    }
    #expect(throws: TokenError.unreadable(path: "/nonexistent/x", code: ENOENT)) {
      try TokenFile(path: "/nonexistent/x", limits: Limits())
    }
    #expect(throws: TokenError.unusable(path: "/", reason: "it is not a file")) {
      try TokenFile(path: "/", limits: Limits())
    }
  }
}
