import EventLoop
import Foundation
import Glibc
import ServerSupport
import Testing

@Suite(.serialized) struct UnixSocketTests {
  private let folder: URL
  private var path: String { folder.appending(path: "s").path }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  }

  private func clean() { try? FileManager.default.removeItem(at: folder) }

  private func mode(_ path: String) -> mode_t? {
    var about = stat()
    return lstat(path, &about) == 0 ? about.st_mode & 0o7777 : nil
  }

  @Test("a Unix socket belongs to its user, knows who connects, carries bytes, and its file goes with it")
  func F81_ownUser() throws {
    defer { clean() }
    ProcessSignals.ignoreBrokenPipe()
    let loop = try Loop()
    let recorder = Recorder()
    recorder.onRead = { $0.write($1) }
    recorder.onEnd = { $0.closeAfterFlush() }
    recorder.onClose = { $0.loop.stop() }
    var peers: [PeerAddress] = []
    let address = try SocketAddress("unix:\(path)")
    let listener = try Listener(loop: loop, address: address) { fd, peer in
      peers.append(peer)
      try? Connection(loop: loop, adopting: fd, delegate: recorder).startReading()
    }
    #expect(mode(path) == 0o600 && listener.port == 0 && "\(listener.address)" == "unix:\(path)")
    let bytes = pattern(300_000)
    let peer = Background { [path] () -> [UInt8] in
      let peer = Peer(path: path)
      let sender = Background {
        peer.send(bytes)
        peer.endWriting()
      }
      defer { peer.close() }
      try sender.join()
      return peer.receive().bytes
    }
    loop.run()
    #expect(try peer.join() == bytes)
    #expect(peers == [PeerAddress(userID: geteuid())] && peers.first?.userID == geteuid())
    #expect(recorder.closes == [nil])
    recorder.forgetActions()
    listener.close()
    #expect(mode(path) == nil)
    loop.close()
  }

  @Test("a socket that nobody listens to is replaced; one that is alive, and any other file, is refused and stays")
  func F81_staleAndLive() throws {
    defer { clean() }
    let loop = try Loop()
    let address = try SocketAddress("unix:\(path)")
    // What a killed server leaves behind.
    let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #expect(Peer.withUnixAddress(path) { bind(dead, $0, $1) } == 0)
    close(dead)
    #expect(mode(path) != nil)
    let listener = try Listener(loop: loop, address: address) { fd, _ in close(fd) }
    #expect(throws: LoopError.cannotListen(address: "unix:\(path)", code: EADDRINUSE)) {
      try Listener(loop: loop, address: address) { _, _ in }
    }
    #expect(mode(path) == 0o600, "the live one stays")
    listener.close()
    try Data([1]).write(to: URL(fileURLWithPath: path))
    #expect(throws: LoopError.cannotListen(address: "unix:\(path)", code: EEXIST)) {
      try Listener(loop: loop, address: address) { _, _ in }
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([1]))
    loop.close()
  }

  @Test("a listener that is closed leaves the socket of its successor alone")
  func successor() throws {
    defer { clean() }
    let loop = try Loop()
    let address = try SocketAddress("unix:\(path)")
    let first = try Listener(loop: loop, address: address) { _, _ in }
    unlink(path)
    let second = try Listener(loop: loop, address: address) { _, _ in }
    first.close()
    #expect(mode(path) == 0o600)
    second.close()
    #expect(mode(path) == nil)
    loop.close()
  }

  @Test("paths of Unix sockets have the length that the kernel allows")
  func paths() throws {
    for text in ["unix:", "unix:" + String(repeating: "x", count: 108), "unix:a\u{0}b"] {
      #expect(throws: LoopError.badAddress(text: text, reason: "the path of a Unix socket has 1 to 107 bytes")) {
        try SocketAddress(text)
      }
    }
    #expect(try SocketAddress("unix:" + String(repeating: "x", count: 107)).path?.count == 107)
    let loop = try Loop()
    #expect(throws: LoopError.cannotListen(address: "unix:/nonexistent/s", code: ENOENT)) {
      try Listener(loop: loop, address: SocketAddress("unix:/nonexistent/s")) { _, _ in }
    }
    loop.close()
  }
}
