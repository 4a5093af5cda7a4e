import ApusClient
import Foundation
import Synchronization

/// Stands between callers and a server, passes everything on, and records the calls.
///
/// Of one thread.
final class RecordingProxy {
  private static let isStopped = Atomic<Bool>(false)

  private let listener: Int32
  private let server: String
  private let file: RecordingFile
  private var pairs: [ProxiedPair] = []
  private var accepted: UInt32 = 0

  /// - Parameter listen: host:port; port 0 takes a free one, and `run` says which.
  init(listen: String, server: String, path: String) throws(LoadError) {
    self.server = server
    listener = try ListeningSocket.open(listen)
    file = try RecordingFile(path: path)
  }

  deinit { close(listener) }

  /// Passes on until so many seconds are over, or SIGINT or SIGTERM comes.
  func run(seconds: Double) throws(LoadError) {
    for number in [SIGINT, SIGTERM] { signal(number) { _ in RecordingProxy.isStopped.store(true, ordering: .relaxed) } }
    let end = Clock.monotonicNanos() + Int64(seconds * 1e9)
    file.begin(at: Clock.monotonicNanos())
    ProgressLine.note("apus-load: recording, listening on \(ListeningSocket.name(of: listener)) for \(server)")
    var polled = PollSet()
    while !Self.isStopped.load(ordering: .relaxed) {
      let left = end - Clock.monotonicNanos()
      if left <= 0 { break }
      polled.removeAll()
      polled.add(listener, writes: false)
      for pair in pairs { pair.add(to: &polled) }
      // Woken up now and then, since a signal may come between the look at it and the wait.
      polled.wait(nanos: min(left, 100_000_000))
      for (index, pair) in pairs.enumerated() { pair.move(polled, place: 1 + 2 * index, into: file) }
      pairs.removeAll { $0.isOver }
      if polled.isReady(0) { accept() }
    }
    try file.close()
    ProgressLine.note("apus-load: recorded \(file.calls) calls of \(accepted) connections")
  }

  private func accept() {
    while true {
      // Reads and writes of it name MSG_DONTWAIT themselves.
      let caller = Glibc.accept(listener, nil, nil)
      guard caller >= 0 else { return }
      guard let upstream = try? connect(to: server) else {
        close(caller)
        continue
      }
      var on: Int32 = 1
      setsockopt(caller, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
      pairs.append(ProxiedPair(caller: caller, upstream: upstream, number: accepted))
      accepted += 1
    }
  }
}
