import ApusClient
import Glibc

/// A caller's connection and the one to the server that stands for it.
final class ProxiedPair {
  private static let chunkBytes = 1 << 16
  /// Above this, no more is read from the one side until the other has taken some.
  private static let waitingBytes = 4 << 20

  private let caller: Int32
  private let upstream: OpaquePointer
  private let number: UInt32
  private var toServer: [UInt8] = []
  private var toCaller: [UInt8] = []
  private var finder = CallFinder()
  private var callerIsDone = false
  private var serverIsDone = false
  private var isBroken = false

  init(caller: Int32, upstream: OpaquePointer, number: UInt32) {
    self.caller = caller
    self.upstream = upstream
    self.number = number
  }

  deinit {
    close(caller)
    apus_close(upstream)
  }

  /// Whether nothing will be passed on any more.
  var isOver: Bool { isBroken || (serverIsDone && toCaller.isEmpty) }

  func add(to polled: inout PollSet) {
    polled.add(caller, reads: !callerIsDone && toServer.count < Self.waitingBytes, writes: !toCaller.isEmpty)
    polled.add(apus_fd(upstream), reads: !serverIsDone && toCaller.count < Self.waitingBytes, writes: !toServer.isEmpty)
  }

  /// Passes on what can be, the caller's socket having been polled at `place` and the server's behind it.
  func move(_ polled: PollSet, place: Int, into file: RecordingFile) {
    let server = apus_fd(upstream)
    if polled.canRead(place), !callerIsDone {
      let before = toServer.count
      callerIsDone = !read(caller, into: &toServer)
      toServer[before...].withUnsafeBytes { finder.take($0) { file.add($0, connection: number) } }
    }
    if polled.canRead(place + 1), !serverIsDone { serverIsDone = !read(server, into: &toCaller) }
    write(&toServer, to: server)
    write(&toCaller, to: caller)
    // A caller that has said all may still wait for answers.
    if callerIsDone, toServer.isEmpty { shutdown(server, Int32(SHUT_WR)) }
  }

  /// False at the end of the stream.
  private func read(_ socket: Int32, into bytes: inout [UInt8]) -> Bool {
    var count = 0
    bytes += [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { chunk, filled in
      count = recv(socket, chunk.baseAddress, chunk.count, Int32(MSG_DONTWAIT))
      filled = max(0, count)
    }
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
  }

  private func write(_ bytes: inout [UInt8], to socket: Int32) {
    guard !bytes.isEmpty else { return }
    let count = bytes.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) }
    if count > 0 {
      bytes.removeFirst(count)
    } else if count < 0, errno != EAGAIN, errno != EINTR {
      isBroken = true
    }
  }
}
