/// The set of ids that one call has named, emptied in O(1) by counting calls.
///
/// Linear probing at half load. The hash is keyed by a random seed, so ids cannot be chosen to collide.
struct SeenIDs {
  private var ids: [UInt64]
  /// The call in which a slot was filled; slots of earlier calls are free.
  private var calls: [UInt32]
  /// Number of the current call; 0 before the first.
  var call: UInt32 = 0
  private let seed: UInt64
  /// Slots in use in this call, less one.
  private var mask: Int

  /// A set for up to `capacity` ids a call.
  init(capacity: Int, seed: UInt64) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    ids = .init(repeating: 0, count: size)
    calls = .init(repeating: 0, count: size)
    mask = size - 1
    self.seed = seed
  }

  /// Forgets all ids; up to `expected` will be named, as many as there is room for if nil.
  ///
  /// A small call uses few slots, which stay in the fastest cache whatever else the ranking touches.
  mutating func begin(expecting expected: Int? = nil) {
    var size = ids.count
    if let expected {
      while size / 4 >= max(8, expected) { size /= 2 }
    }
    mask = size - 1
    call &+= 1
    if call == 0 {
      // The counter came round: old slots must not look new.
      for slot in calls.indices { calls[slot] = 0 }
      call = 1
    }
  }

  /// Slots of the table.
  var slotCount: Int { ids.count }

  /// Adds an id; false if it was there. At most as many calls between two `begin` as were expected.
  mutating func insert(_ id: UInt64) -> Bool { slot(of: id).isNew }

  /// Where an id is, and whether it was added by this; slots are below ``slotCount`` and stay until ``begin``.
  mutating func slot(of id: UInt64) -> (slot: Int, isNew: Bool) {
    ids.withUnsafeMutableBufferPointer { ids in
      calls.withUnsafeMutableBufferPointer { calls in
        Self.slot(of: id, ids, calls, call: call, seed: seed, mask: mask)
      }
    }
  }

  /// Adds many ids; writes those that were not there, and their places in `candidates`. Returns how many.
  ///
  /// One call instead of one per id, so that the set is checked for exclusive access once.
  mutating func insert(
    _ candidates: UnsafeBufferPointer<UInt64>, distinct: UnsafeMutablePointer<UInt64>,
    places: UnsafeMutablePointer<UInt32>
  ) -> Int {
    ids.withUnsafeMutableBufferPointer { ids in
      calls.withUnsafeMutableBufferPointer { calls in
        var count = 0
        for i in 0..<candidates.count {
          let id = candidates[i]
          // Written in any case, kept only if new: no branch to mispredict.
          distinct[count] = id
          places[count] = UInt32(truncatingIfNeeded: i)
          count += Self.slot(of: id, ids, calls, call: call, seed: seed, mask: mask).isNew ? 1 : 0
        }
        return count
      }
    }
  }

  @inline(__always)
  private static func slot(
    of id: UInt64, _ ids: UnsafeMutableBufferPointer<UInt64>, _ calls: UnsafeMutableBufferPointer<UInt32>,
    call: UInt32, seed: UInt64, mask: Int
  ) -> (slot: Int, isNew: Bool) {
    var hash = (id ^ seed) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ (hash >> 32)) &* (seed | 1)
    var slot = Int(truncatingIfNeeded: hash >> 33) & mask
    while calls[slot] == call {
      if ids[slot] == id { return (slot, false) }
      slot = (slot + 1) & mask
    }
    ids[slot] = id
    calls[slot] = call
    return (slot, true)
  }
}
