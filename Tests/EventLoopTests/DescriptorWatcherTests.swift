import EventLoop
import Glibc
import Testing

@Suite(.serialized) struct DescriptorWatcherTests {
  /// Two connected sockets.
  private func pair() -> (Int32, Int32) {
    var both: [Int32] = [0, 0]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &both) == 0)
    return (both[0], both[1])
  }

  @Test("a descriptor is told readable and writable as asked for, again and again, and no more after close")
  func readiness() throws {
    let loop = try Loop()
    let (near, far) = pair()
    var news: [DescriptorWatcher.News] = []
    var watcher: DescriptorWatcher?
    watcher = try DescriptorWatcher(loop: loop, descriptor: near) { what in
      news.append(what)
      switch news.count {
      case 1...2: send(far, "x", 1, 0)
      case 3: watcher?.watch(readable: true, writable: false)
      case 4:
        watcher?.watch(readable: false, writable: false)
        watcher?.watch(readable: false, writable: true)
      default:
        watcher?.close()
        watcher?.watch(readable: true, writable: true)
      }
    }
    watcher?.watch(readable: true, writable: true)
    loop.run()
    let both = DescriptorWatcher.News.ready(readable: true, writable: true)
    #expect(
      news == [
        .ready(readable: false, writable: true), both, both, .ready(readable: true, writable: false),
        .ready(readable: false, writable: true),
      ])
    watcher = nil
    loop.close()
    close(near)
    close(far)
  }

  @Test("a socket's error is told as what it is")
  func errors() throws {
    let loop = try Loop()
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    // A port that is bound and does not listen refuses.
    let deaf = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var news: [DescriptorWatcher.News] = []
    let watcher = try DescriptorWatcher(loop: loop, descriptor: descriptor) { what in
      news.append(what)
      loop.stop()
    }
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        #expect(bind(deaf, $0, length) == 0 && getsockname(deaf, $0, &length) == 0)
        #expect(connect(descriptor, $0, length) == -1)
      }
    }
    // A refusal may come at once, or later with the poll.
    if errno == EINPROGRESS {
      watcher.watch(readable: false, writable: true)
      loop.run()
      #expect(news == [.failed(code: ECONNREFUSED)])
    } else {
      #expect(errno == ECONNREFUSED)
    }
    watcher.close()
    loop.close()
    close(descriptor)
    close(deaf)
  }

  @Test("the end of the loop is the last word of what it watches, and of nothing closed before")
  func loopClose() throws {
    let loop = try Loop()
    let (near, far) = pair()
    var words: [String] = []
    let first = try DescriptorWatcher(loop: loop, descriptor: near) { words.append("first \($0)") }
    let second = try DescriptorWatcher(loop: loop, descriptor: far) { words.append("second \($0)") }
    second.watch(readable: true, writable: false)
    first.close()
    loop.close()
    #expect(words == ["second loopClosed"])
    #expect(throws: LoopError.loopClosed(operation: "watching a descriptor")) {
      try DescriptorWatcher(loop: loop, descriptor: near) { _ in }
    }
    close(near)
    close(far)
  }

  @Test("a host's name becomes addresses; one without any is an error; a look-up that was cancelled says nothing")
  func lookups() throws {
    let loop = try Loop()
    var results: [Result<[String], LoopError>] = []
    let good = try HostLookup(loop: loop, host: "LOCALHOST") { results.append($0) }
    loop.run()
    #expect(!good.isRunning && results.count == 1)
    let addresses = try results[0].get()
    #expect(!addresses.isEmpty && addresses.allSatisfy { HostLookup.numeric($0) == $0 })
    _ = try HostLookup(loop: loop, host: "a..b") { results.append($0) }
    loop.run()
    guard results.count == 2, case .failure(.badAddress("a..b", _)) = results[1] else {
      Issue.record("\(results)")
      return
    }
    let cancelled = try HostLookup(loop: loop, host: "LOCALHOST") { results.append($0) }
    cancelled.cancel()
    cancelled.cancel()
    loop.close()
    #expect(results.count == 2 && !cancelled.isRunning)
    #expect(throws: LoopError.loopClosed(operation: "looking up x")) {
      try HostLookup(loop: loop, host: "x") { _ in }
    }
  }

  @Test("what needs no look-up")
  func numericHosts() {
    #expect(HostLookup.numeric("localhost") == "127.0.0.1")
    #expect(HostLookup.numeric("10.1.2.3") == "10.1.2.3" && HostLookup.numeric("::1") == "::1")
    for name in ["", "redis", "10.1.2", "[::1]", "10.1.2.3 "] { #expect(HostLookup.numeric(name) == nil, "\(name)") }
  }
}
