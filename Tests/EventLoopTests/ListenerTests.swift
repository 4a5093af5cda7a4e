import EventLoop
import Glibc
import Testing

@Suite(.serialized) struct ListenerTests {
  @Test("an address in use is refused in words")
  func portInUse() throws {
    let loop = try Loop()
    let first = try Listener(loop: loop, address: SocketAddress("127.0.0.1:0")) { _, _ in }
    let address = try SocketAddress("127.0.0.1:\(first.port)")
    do {
      _ = try Listener(loop: loop, address: address) { _, _ in }
      Issue.record("two listeners at one address")
    } catch {
      #expect("\(error)" == "cannot listen on 127.0.0.1:\(first.port): address already in use")
    }
    first.close()
    // The address is free at once.
    let second = try Listener(loop: loop, address: address) { _, _ in }
    #expect(second.port == first.port)
    loop.close()
  }

  @Test("texts that are no address are refused with the reason")
  func addresses() throws {
    for text in ["127.0.0.1:0", "[::1]:7411", "0.0.0.0:65535"] {
      #expect(try SocketAddress(text).description == text)
    }
    #expect(try SocketAddress("localhost:80").description == "127.0.0.1:80")
    let bad = [
      "", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1: 1", "1.2.3:4",
      "::1:80", "[::1]", "[::g]:1", "[127.0.0.1]:1", "example.org:80", "127.0.0.1:99999999999999999999", "[]:1", ":80",
    ]
    for text in bad {
      do {
        let address = try SocketAddress(text)
        Issue.record("\(text) was taken for \(address)")
      } catch {
        #expect("\(error)".hasPrefix("\"\(text)\" is not an address: "))
      }
    }
  }

  @Test("a burst is accepted completely, and the listener may be closed while it accepts")
  func burst() throws {
    let loop = try Loop()
    var accepted: [Int32] = []
    var settings = Listener.Settings()
    settings.backlog = 512
    var listener: Listener?
    listener = try Listener(loop: loop, address: SocketAddress("127.0.0.1:0"), settings: settings) { fd, _ in
      accepted.append(fd)
      if accepted.count == 300 {
        listener?.close()
        loop.stop()
      }
    }
    let peers = (0..<300).map { _ in Peer(port: listener?.port ?? 0) }
    loop.run()
    #expect(accepted.count == 300)
    for fd in accepted {
      #expect(fcntl(fd, F_GETFL) & O_NONBLOCK != 0)
      #expect(fcntl(fd, F_GETFD) & FD_CLOEXEC != 0)
      var on: Int32 = 0
      var size = socklen_t(4)
      getsockopt(fd, Int32(IPPROTO_TCP), TCP_NODELAY, &on, &size)
      #expect(on != 0)
      close(fd)
    }
    for peer in peers { peer.close() }
    listener = nil
    loop.close()
  }

  @Test("where descriptors run out, each further connection is accepted for a moment, told off and closed")
  func F20_theReserve() async {
    await #expect(processExitsWith: .success) {
      let loop = try Loop()
      var (accepted, excess, turns) = (0, 0, 0)
      let listener = try Listener(
        loop: loop, address: SocketAddress("127.0.0.1:0"),
        onExcess: {
          excess += 1
          Connection.turnAway($0, saying: [1, 2, 3])
          if excess == 100 { loop.stop() }
        },
        onAccept: { fd, _ in
          accepted += 1
          close(fd)
          loop.stop()
        })
      let hook = TurnHook(loop: loop) {
        turns += 1
        return false
      }
      let stop = LoopTimer(loop: loop) { exit(5) }
      stop.start(afterMillis: 60_000)
      let peers = (0..<100).map { _ in Peer(port: listener.port) }
      var taken: [Int32] = []
      while case let fd = open("/dev/null", O_RDONLY), fd >= 0 { taken.append(fd) }
      loop.run()
      guard accepted == 0, excess == 100, turns < 20 else { exit(3) }
      for peer in peers where peer.receive().bytes != [1, 2, 3] { exit(4) }
      for fd in taken { close(fd) }
      let last = Peer(port: listener.port)
      loop.run()
      guard accepted == 1, excess == 100 else { exit(6) }
      hook.close()
      for peer in peers + [last] { peer.close() }
      loop.close()
    }
  }

  @Test("without descriptors accepting pauses without spinning, and goes on when there are some again")
  func F20_outOfDescriptors() async {
    await #expect(processExitsWith: .success) {
      let loop = try Loop()
      var accepted: [Int32] = []
      var turns = 0
      let listener = try Listener(loop: loop, address: SocketAddress("127.0.0.1:0")) { fd, _ in accepted.append(fd) }
      let hook = TurnHook(loop: loop) {
        turns += 1
        return false
      }
      let first = Peer(port: listener.port)
      let second = Peer(port: listener.port)
      // From here on there is no new descriptor, whichever of the old ones another thread of the process lets go.
      var before = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before)
      var none = rlimit(rlim_cur: 0, rlim_max: before.rlim_max)
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none)
      let stop = LoopTimer(loop: loop) { loop.stop() }
      stop.start(afterMillis: 350)
      loop.run()
      guard accepted.isEmpty, (1...20).contains(turns) else { exit(3) }
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before)
      stop.start(afterMillis: 300)
      loop.run()
      guard accepted.count == 2 else { exit(4) }
      hook.close()
      first.close()
      second.close()
      for fd in accepted { close(fd) }
      loop.close()
    }
  }
}
