/// Which of a few accounts a row is: open addressing over the authors and mentioned accounts of one call's candidates.
///
/// The user's pairs are walked once and looked up here, so that a call costs what the user has met and not a wait for
/// memory per candidate. Confined to one thread.
struct PeopleTable {
  /// Accounts held.
  private(set) var count = 0
  private let mask: Int
  private let keys: UnsafeMutablePointer<UInt32>
  private let places: UnsafeMutablePointer<Int32>
  /// Slots in use, to be emptied.
  private let used: UnsafeMutablePointer<Int32>

  /// Room for `capacity` accounts; memory lives until ``deallocate()``.
  init(capacity: Int) {
    var slots = 16
    while slots < 2 * capacity { slots *= 2 }
    mask = slots - 1
    keys = .allocate(capacity: slots)
    keys.initialize(repeating: ModelSchema.noRow, count: slots)
    places = .allocate(capacity: slots)
    places.initialize(repeating: 0, count: slots)
    used = .allocate(capacity: max(1, capacity))
    used.initialize(repeating: 0, count: max(1, capacity))
  }

  func deallocate() {
    keys.deallocate()
    places.deallocate()
    used.deallocate()
  }

  /// The place of an account, a new one for one not yet held.
  mutating func insert(_ key: UInt32) -> Int {
    var slot = home(key)
    while keys[slot] != key {
      if keys[slot] == ModelSchema.noRow {
        keys[slot] = key
        places[slot] = Int32(truncatingIfNeeded: count)
        used[count] = Int32(truncatingIfNeeded: slot)
        count += 1
        break
      }
      slot = (slot + 1) & mask
    }
    return Int(places[slot])
  }

  /// The place of an account, -1 for one that is not held.
  @inline(__always)
  func find(_ key: UInt32) -> Int {
    var slot = home(key)
    while keys[slot] != key {
      if keys[slot] == ModelSchema.noRow { return -1 }
      slot = (slot + 1) & mask
    }
    return Int(places[slot])
  }

  mutating func clear() {
    for index in 0..<count { keys[Int(used[index])] = ModelSchema.noRow }
    count = 0
  }

  /// Multiplicative hashing (Knuth, TAOCP 3, 6.4).
  private func home(_ key: UInt32) -> Int {
    Int(truncatingIfNeeded: (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 40) & mask
  }
}
