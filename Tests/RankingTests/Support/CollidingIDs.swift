/// Ids that meet in one slot of a set of ids seen, as whoever knows the set's seed could choose them.
enum CollidingIDs {
  /// So many different ids that a set with this seed puts at `slot`, whatever its size: its hash, taken backwards.
  static func make(_ count: Int, slot: UInt64, seed: UInt64) -> [UInt64] {
    (0..<UInt64(count)).map { number in
      let mixed = (slot << 33 | number) &* inverse(seed | 1)
      return ((mixed ^ mixed >> 32) &* inverse(0x9E37_79B9_7F4A_7C15)) ^ seed
    }
  }

  /// The x with `odd · x = 1` modulo 2^64, by Newton's iteration.
  private static func inverse(_ odd: UInt64) -> UInt64 {
    var x = odd
    for _ in 0..<6 { x = x &* (2 &- odd &* x) }
    return x
  }
}
