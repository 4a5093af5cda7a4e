import Glibc

/// A small, fast source of reproducible random numbers: the same seed gives the same sequence on every machine.
///
/// The generator is xoshiro256** (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS
/// 2021): 256 bits of state, period 2^256 − 1. Its state is filled by splitmix64 (Steele, Lea and Flood, OOPSLA 2014),
/// as its authors advise, so that neighbouring seeds give unrelated sequences and the forbidden all-zero state cannot
/// occur. It is not for secrets.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  @usableFromInline var s0: UInt64
  @usableFromInline var s1: UInt64
  @usableFromInline var s2: UInt64
  @usableFromInline var s3: UInt64
  /// The second number of the last polar pair, given out by the next call of ``gaussian()``.
  @usableFromInline var spareGaussian: Double?

  /// A generator whose whole sequence follows from `seed`; any value is as good as any other.
  public init(seed: UInt64) {
    var mixer = SplitMix64(state: seed)
    s0 = mixer.next()
    s1 = mixer.next()
    s2 = mixer.next()
    s3 = mixer.next()
  }

  /// The next 64 uniformly distributed bits.
  @inlinable
  public mutating func next() -> UInt64 {
    let product = s1 &* 5
    let result = ((product &<< 7) | (product &>> 57)) &* 9
    let shifted = s1 &<< 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 &<< 45) | (s3 &>> 19)
    return result
  }

  /// A uniform number in [0, 1): the upper 53 bits of ``next()``, so every value is a multiple of 2^−53.
  @inlinable
  public mutating func uniform() -> Double {
    Double(next() &>> 11) * 0x1p-53
  }

  /// A number from the normal distribution with mean 0 and variance 1.
  ///
  /// Marsaglia's polar method ("A convenient method for generating normal variables", SIAM Review 1964): a point drawn
  /// uniformly from the unit disc yields two independent numbers; the second is kept for the next call.
  @inlinable
  public mutating func gaussian() -> Double {
    if let spare = spareGaussian {
      spareGaussian = nil
      return spare
    }
    while true {
      let x = 2 * uniform() - 1
      let y = 2 * uniform() - 1
      let squaredRadius = x * x + y * y
      if squaredRadius > 0 && squaredRadius < 1 {
        let stretch = (-2 * log(squaredRadius) / squaredRadius).squareRoot()
        spareGaussian = y * stretch
        return x * stretch
      }
    }
  }

  /// A uniform number in 0..<n, without bias; `n` must be at least 1.
  ///
  /// Lemire's multiplication method ("Fast Random Integer Generation in an Interval", ACM TOMACS 2019): the upper half
  /// of a 128-bit product, with the few draws that would favour small numbers thrown away.
  @inlinable
  public mutating func below(_ n: Int) -> Int {
    precondition(n >= 1, "a range must hold at least one number, got \(n)")
    let bound = UInt64(n)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let unfair = (0 &- bound) % bound
      while product.low < unfair {
        product = next().multipliedFullWidth(by: bound)
      }
    }
    return Int(product.high)
  }
}

/// splitmix64: one multiply-and-shift permutation of a counter; used to spread seeds over larger states.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// A bijection of the 64-bit numbers in which every input bit changes about half of the output bits.
  @inline(__always)
  static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }
}
