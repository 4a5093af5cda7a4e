/// numpy's `default_rng`: PCG64 (O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms
/// for Random Number Generation", 2014), seeded by ``SeedSequence``. The same seed gives the numbers that numpy gives.
///
/// A linear congruence of 128 bits whose halves are folded together and rotated (XSL-RR). It is not for secrets.
package struct PCG64Generator: RandomNumberGenerator, Sendable {
  private static let multiplier: UInt128 = 0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645

  private var state: UInt128
  private let increment: UInt128
  /// The upper half of the last 64 bits of which only the lower was given out.
  private var spare: UInt32?

  /// `default_rng(seed)`.
  package init(seed: UInt64) {
    let words = SeedSequence(seed: seed).state(count: 4)
    increment = (UInt128(words[2]) &<< 64 | UInt128(words[3])) &<< 1 | 1
    state = increment &+ (UInt128(words[0]) &<< 64 | UInt128(words[1]))
    state = state &* Self.multiplier &+ increment
  }

  /// The next 64 bits: `bit_generator.random_raw()`.
  package mutating func next() -> UInt64 {
    state = state &* Self.multiplier &+ increment
    let folded = UInt64(truncatingIfNeeded: state &>> 64) ^ UInt64(truncatingIfNeeded: state)
    let turn = UInt64(truncatingIfNeeded: state &>> 122)
    return folded &>> turn | folded &<< ((64 &- turn) & 63)
  }

  /// 32 bits: the lower half of ``next()``, and the upper half at the call after.
  package mutating func nextHalf() -> UInt32 {
    if let spare {
      self.spare = nil
      return spare
    }
    let bits: UInt64 = next()
    spare = UInt32(truncatingIfNeeded: bits &>> 32)
    return UInt32(truncatingIfNeeded: bits)
  }

  /// `random()`: a uniform number in [0, 1), a multiple of 2^−53.
  package mutating func uniform() -> Double { Double(next() &>> 11) * 0x1p-53 }

  /// `random(dtype=numpy.float32)`: a uniform number in [0, 1), a multiple of 2^−24, from half a draw.
  package mutating func uniformFloat() -> Float { Float(nextHalf() &>> 8) * 0x1p-24 }

  /// `integers(n)`: a uniform number in 0..<n by Lemire's multiplication method ("Fast Random Integer Generation in an
  /// Interval", ACM TOMACS 2019), over 32 bits up to 2³² and over 64 beyond; nothing is drawn for n = 1. `n` must be
  /// at least 1.
  package mutating func below(_ n: Int) -> Int {
    precondition(n >= 1, "a range must hold at least one number, got \(n)")
    if n == 1 { return 0 }
    if n == 1 << 32 { return Int(nextHalf()) }
    if let bound = UInt32(exactly: n) {
      let unfair = (0 &- bound) % bound
      while true {
        let product = nextHalf().multipliedFullWidth(by: bound)
        if product.low >= unfair { return Int(product.high) }
      }
    }
    let bound = UInt64(n)
    let unfair = (0 &- bound) % bound
    while true {
      let product = next().multipliedFullWidth(by: bound)
      if product.low >= unfair { return Int(product.high) }
    }
  }
}
