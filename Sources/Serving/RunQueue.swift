import Wire

/// The calls of one worker that wait to be ranked, oldest first: a ring that grows up to its bounds.
struct RunQueue {
  private let callLimit: Int
  private let byteLimit: Int
  private var ring: [PendingCall?]
  private var head = 0
  private(set) var count = 0
  private(set) var bytes = 0

  /// An empty queue with the bounds ``Limits/queuedCalls`` and ``Limits/queuedCallBytes``.
  init(limits: Limits) {
    callLimit = limits.queuedCalls
    byteLimit = limits.queuedCallBytes
    ring = .init(repeating: nil, count: 64)
  }

  var isEmpty: Bool { count == 0 }

  /// Whether a call of so many bytes may wait here too.
  func hasRoom(for byteCount: Int) -> Bool { count < callLimit && bytes + byteCount <= byteLimit }

  mutating func push(_ call: PendingCall) {
    if count == ring.count { grow() }
    ring[(head + count) & (ring.count - 1)] = call
    count += 1
    bytes += call.payload.count
  }

  mutating func pop() -> PendingCall? {
    guard count > 0, let call = ring[head] else { return nil }
    ring[head] = nil
    head = (head + 1) & (ring.count - 1)
    count -= 1
    bytes -= call.payload.count
    return call
  }

  private mutating func grow() {
    var larger = [PendingCall?](repeating: nil, count: ring.count * 2)
    for i in 0..<count { larger[i] = ring[(head + i) & (ring.count - 1)] }
    ring = larger
    head = 0
  }
}
