/// numpy's `SeedSequence`: spreads the bits of a seed over as much state as a generator needs.
///
/// The hash is Melissa O'Neill's `seed_seq_fe` ("Developing a seed_seq Alternative", 2015) with numpy's constants and a
/// pool of four words.
package struct SeedSequence: Sendable {
  private static let poolSize = 4

  private var pool = [UInt32](repeating: 0, count: SeedSequence.poolSize)

  /// `SeedSequence(seed)`.
  package init(seed: UInt64) {
    let (low, high) = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed &>> 32))
    self.init(entropy: high == 0 ? [low] : [low, high])
  }

  /// `SeedSequence(entropy)` for an array of integers below 2³².
  package init(entropy: [UInt32]) {
    var hasher = Hasher(constant: 0x43B0_D7E5, multiplier: 0x931E_8875)
    for place in 0..<Self.poolSize { pool[place] = hasher.hash(place < entropy.count ? entropy[place] : 0) }
    for source in 0..<Self.poolSize {
      for place in 0..<Self.poolSize where place != source {
        pool[place] = Self.mixed(pool[place], hasher.hash(pool[source]))
      }
    }
    for word in entropy.dropFirst(Self.poolSize) {
      for place in 0..<Self.poolSize { pool[place] = Self.mixed(pool[place], hasher.hash(word)) }
    }
  }

  /// `generate_state(count, numpy.uint64)`: `count` words of state, always the same ones.
  package func state(count: Int) -> [UInt64] {
    var hasher = Hasher(constant: 0x8B51_F9DD, multiplier: 0x58F3_8DED)
    return (0..<count).map { index in
      let low = hasher.hash(pool[2 * index % Self.poolSize])
      let high = hasher.hash(pool[(2 * index + 1) % Self.poolSize])
      return UInt64(high) &<< 32 | UInt64(low)
    }
  }

  private static func mixed(_ x: UInt32, _ y: UInt32) -> UInt32 {
    let sum = 0xCA01_F9DD &* x &- 0x4973_F715 &* y
    return sum ^ (sum &>> 16)
  }

  /// A multiplicative hash whose constant changes with every word.
  private struct Hasher {
    var constant: UInt32
    let multiplier: UInt32

    mutating func hash(_ word: UInt32) -> UInt32 {
      var word = word ^ constant
      constant = constant &* multiplier
      word = word &* constant
      return word ^ (word &>> 16)
    }
  }
}
