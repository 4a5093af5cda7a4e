import Glibc

/// The server's side of one connection, for a script. A failed write is no error: the client may have gone.
struct FakePeer {
  let socket: Int32

  /// The payload of the next frame; nil at the end of the stream.
  func readPayload() -> [UInt8]? {
    guard let header = read(4) else { return nil }
    return read(Int(header.reduce(0) { $0 << 8 | UInt32($1) }))
  }

  /// The next call, as its fields; nil at the end of the stream.
  func readCall() -> ProtoFields? { readPayload().flatMap { ProtoFields($0) } }

  func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if sent <= 0 { return }
      rest = rest.dropFirst(sent)
    }
  }

  func writeFrame(_ payload: [UInt8]) { write(Self.frame(payload)) }

  /// A reply: the id, an OK status, and what `fill` adds.
  func reply(to id: UInt64, _ fill: (inout ProtoWriter) -> Void) { writeFrame(Self.reply(to: id, fill)) }

  static func reply(to id: UInt64, _ fill: (inout ProtoWriter) -> Void) -> [UInt8] {
    ProtoWriter {
      $0.varint(1, id)
      fill(&$0)
    }.bytes
  }

  static func frame(_ payload: [UInt8]) -> [UInt8] {
    withUnsafeBytes(of: UInt32(payload.count).bigEndian) { Array($0) } + payload
  }

  /// Until the client closes; what it sends is dropped.
  func waitForEnd() { while read(1) != nil {} }

  func pause(millis: UInt32) { usleep(millis * 1000) }

  private func read(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress.map { $0 + filled }, count - filled, 0) }
      if got <= 0 { return nil }
      filled += got
    }
    return bytes
  }
}
