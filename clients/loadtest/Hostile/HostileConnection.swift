import ApusClient
import Glibc

/// One connection that misbehaves, again and again: the server may end it, and it comes back.
///
/// The client library only connects it; what goes over its socket is not the library's.
struct HostileConnection {
  private static let pageBytes = 4096

  private let address: String
  private let kind: HostileKind
  private var client: OpaquePointer?
  private var dice: SplitMix
  /// What is to be sent next, and how much of it is.
  private var output: [UInt8] = []
  private var sent = 0
  private var round: Int

  init(address: String, kind: HostileKind, seed: UInt64) {
    self.address = address
    self.kind = kind
    dice = SplitMix(seed: seed)
    round = Int(seed % 64)
  }

  /// Misbehaves for one turn. Waits for nothing but, where it was cut off, to be connected again.
  mutating func act(_ frames: HostileFrames, into tally: inout HostileTally) {
    guard let client = opened(&tally) else { return }
    let socket = apus_fd(client)
    let turn = bytesOfATurn
    guard write(to: socket, frames, atMost: turn.sent, &tally), read(from: socket, atMost: turn.read, &tally) else {
      tally.endedByServer += 1
      return close()
    }
  }

  /// What it sends and reads in a turn, at most. All read: who has no use for replies still learns of the server's close.
  private var bytesOfATurn: (sent: Int, read: Int) {
    switch kind {
    case .slowReader: (1 << 16, 1)
    case .trickler: (1, Self.pageBytes)
    case .garbage: (Self.pageBytes, Self.pageBytes)
    case .pingFlood: (Self.pageBytes, 1 << 16)
    }
  }

  mutating func close() {
    if let client { apus_close(client) }
    client = nil
    output = []
    sent = 0
  }

  private mutating func opened(_ tally: inout HostileTally) -> OpaquePointer? {
    if let client { return client }
    client = try? connect(to: address)
    guard let client else {
      tally.failedToOpen += 1
      return nil
    }
    tally.opened += 1
    if kind == .slowReader {
      // A small buffer, so that the server's replies pile up on its own side.
      var bytes: Int32 = 4096
      setsockopt(apus_fd(client), SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }
    return client
  }

  /// False: the server has ended the connection.
  private mutating func write(
    to socket: Int32, _ frames: HostileFrames, atMost limit: Int, _ tally: inout HostileTally
  ) -> Bool {
    if sent == output.count { refill(frames) }
    let count = output.withUnsafeBytes {
      Glibc.send(
        socket, $0.baseAddress.map { $0 + sent }, min(limit, $0.count - sent), Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
    guard count >= 0 else { return errno == EAGAIN || errno == EINTR }
    sent += count
    tally.bytesSent += count
    return true
  }

  private mutating func refill(_ frames: HostileFrames) {
    sent = 0
    round += 1
    switch kind {
    case .slowReader, .trickler: output = frames.calls.isEmpty ? [0] : frames.calls[round % frames.calls.count]
    case .garbage: output = (0..<Self.pageBytes).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
    case .pingFlood: output = frames.pings
    }
  }

  /// False: the server has ended the connection.
  private func read(from socket: Int32, atMost limit: Int, _ tally: inout HostileTally) -> Bool {
    let count = withUnsafeTemporaryAllocation(byteCount: limit, alignment: 1) {
      recv(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
    }
    if count > 0 { tally.bytesReceived += count }
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
  }
}
