import Glibc
import Kernels

/// Members to choose from at random, each as likely as its weight says.
struct WeightedChoice {
  private(set) var members: [UInt32] = []
  /// Sums of the weights up to and including each member.
  private var sums: [Double] = []

  var isEmpty: Bool { members.isEmpty }

  /// Adds a member with a positive weight.
  mutating func append(_ member: UInt32, weight: Double) {
    members.append(member)
    sums.append((sums.last ?? 0) + weight)
  }

  /// A random member; there must be one.
  /// - Complexity: O(log n) for n members.
  func draw(_ random: inout SeededGenerator) -> UInt32 {
    let point = random.uniform() * (sums.last ?? 0)
    return members[(0..<sums.count - 1).partitionPoint { sums[$0] > point }]
  }
}

extension SeededGenerator {
  /// A number of the Pareto distribution with minimum 1: P(X > x) = x^−shape, so that a few are very large. At most
  /// `limit`.
  mutating func pareto(shape: Double, limit: Double) -> Double {
    min(limit, pow(1 - uniform(), -1 / shape))
  }

  /// A number of the exponential distribution with the given mean.
  mutating func exponential(mean: Double) -> Double {
    -mean * log(1 - uniform())
  }
}
