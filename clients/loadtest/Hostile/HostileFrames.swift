import ApusClient

/// What hostile connections send, made beforehand.
struct HostileFrames: Sendable {
  /// Calls with ids of their own and long answers, each as a frame.
  let calls: [[UInt8]]
  /// A few hundred pings in frames, one after the other.
  let pings: [UInt8]

  /// Encodes calls with the client library, on a connection on which they are never sent.
  init(address: String, pool: RequestPool) throws(LoadError) {
    let client = try connect(to: address)
    defer { apus_close(client) }
    let seen = Seen()
    apus_set_tap(
      client,
      { context, call, length in
        guard let context else { return }
        Unmanaged<Seen>.fromOpaque(context).takeUnretainedValue().calls.append(
          Array(UnsafeRawBufferPointer(start: call, count: length)))
      }, Unmanaged.passUnretained(seen).toOpaque())
    for index in 0..<64 {
      var request = pool[index]
      request.explain = true
      _ = apus_send_rank(client, &request, 1000, nil)
    }
    // The client must not show `seen` anything after this scope.
    apus_set_tap(client, nil, nil)
    calls = seen.calls.map(Self.frame)
    pings = (UInt8(1)...100).flatMap { Self.frame(Self.ping($0)) }
  }

  private final class Seen { var calls: [[UInt8]] = [] }

  private static func frame(_ payload: [UInt8]) -> [UInt8] {
    withUnsafeBytes(of: UInt32(payload.count).bigEndian) { Array($0) } + payload
  }

  /// `Call { id = …; ping = {} }`: field 1 as a varint, then field 24, empty.
  private static func ping(_ id: UInt8) -> [UInt8] { [0x08, id, 0xC2, 0x01, 0x00] }
}
