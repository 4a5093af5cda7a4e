/// The set of ids that one call has named, emptied in O(1) by counting calls.
///
/// Linear probing at half load. The hash is keyed by a random seed, so ids cannot be chosen to collide.
struct SeenIDs {
  private var ids: [UInt64]
  /// The call in which a slot was filled; slots of earlier calls are free.
  private var calls: [UInt32]
  private var call: UInt32 = 0
  private let seed: UInt64
  private let mask: Int

  /// A set for up to `capacity` ids a call.
  init(capacity: Int, seed: UInt64) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    ids = .init(repeating: 0, count: size)
    calls = .init(repeating: 0, count: size)
    mask = size - 1
    self.seed = seed
  }

  /// Forgets all ids.
  mutating func begin() {
    call &+= 1
    if call == 0 {
      // The counter came round: old slots must not look new.
      for slot in calls.indices { calls[slot] = 0 }
      call = 1
    }
  }

  /// Adds an id; false if it was there. At most `capacity` calls between two ``begin()``.
  mutating func insert(_ id: UInt64) -> Bool {
    var hash = (id ^ seed) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ (hash >> 32)) &* (seed | 1)
    var slot = Int(truncatingIfNeeded: hash >> 33) & mask
    while calls[slot] == call {
      if ids[slot] == id { return false }
      slot = (slot + 1) & mask
    }
    ids[slot] = id
    calls[slot] = call
    return true
  }
}
