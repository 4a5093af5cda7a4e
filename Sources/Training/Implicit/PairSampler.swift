import Kernels

/// The stream of interactions that `implicit` draws for Bayesian personalised ranking on one thread.
///
/// A Mersenne Twister through `std::uniform_int_distribution` as libstdc++ has it since GCC 11: Lemire's multiplication
/// method over 32 bits ("Fast Random Integer Generation in an Interval", ACM TOMACS 2019).
package struct PairSampler: Sendable {
  private var generator: MersenneTwister
  private let count: UInt32

  /// Draws from `0..<count`; `count` must be at least 1.
  package init(seed: UInt32, count: UInt32) {
    precondition(count >= 1, "nothing to draw from")
    generator = MersenneTwister(seed: seed)
    self.count = count
  }

  /// The next number of the stream, below the count.
  package mutating func next() -> Int {
    let unfair = (0 &- count) % count
    while true {
      let product = generator.next().multipliedFullWidth(by: count)
      if product.low >= unfair { return Int(product.high) }
    }
  }
}
