import Glibc

/// numpy's `RandomState`: the same seed gives the numbers that numpy gives, bit for bit, in the same order of calls.
///
/// It is the stream behind `numpy.random.seed`, which Surprise and scikit-learn draw from. numpy has frozen it
/// (NEP 19), so it may be relied upon. Normals use the C library's logarithm, as numpy's do.
package struct NumPyRandomState: Sendable {
  private var twister: MersenneTwister
  /// The other number of the last polar pair, which the next call of ``gaussian()`` gives out.
  private var spare: Double?

  /// `RandomState(seed)` for the seeds that numpy takes, 0…2³²−1; a larger one is `RandomState([low, high])`, its two
  /// halves of 32 bits.
  package init(seed: UInt64) {
    let (low, high) = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed &>> 32))
    twister = high == 0 ? MersenneTwister(seed: low) : MersenneTwister(key: [low, high])
  }

  /// The next 32 bits: `randint(0, 2**32, dtype=numpy.uint32)`.
  package mutating func next() -> UInt32 { twister.next() }

  /// `random_sample()`: a uniform number in [0, 1), a multiple of 2^−53 made from two draws.
  package mutating func uniform() -> Double {
    let high = Double(twister.next() &>> 5)
    let low = Double(twister.next() &>> 6)
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }

  /// `standard_normal()`: Marsaglia's polar method ("A convenient method for generating normal variables", SIAM
  /// Review 1964). A pair gives out its second coordinate first.
  package mutating func gaussian() -> Double {
    if let spare {
      self.spare = nil
      return spare
    }
    while true {
      let x = 2 * uniform() - 1
      let y = 2 * uniform() - 1
      let squaredRadius = x * x + y * y
      if squaredRadius < 1 && squaredRadius != 0 {
        let stretch = (-2 * log(squaredRadius) / squaredRadius).squareRoot()
        spare = stretch * x
        return stretch * y
      }
    }
  }

  /// `normal(mean, deviation)`.
  package mutating func normal(mean: Double, deviation: Double) -> Double {
    mean + deviation * gaussian()
  }
}
