/// How likely a rule's own choice for the slot is each of the first candidates that may get it, best first; borrowed
/// from a scratch. Probabilities that are drawn from are the ones that are told, so they are exact.
struct SlotShares {
  /// [count] adding up to 1, or empty: always the first.
  private let shares: UnsafeBufferPointer<Double>
  /// What the shares after each add up to. [count]
  private let tails: UnsafeBufferPointer<Double>

  /// The choice is always the first candidate.
  static var first: SlotShares {
    SlotShares(shares: .init(start: nil, count: 0), tails: .init(start: nil, count: 0))
  }

  private init(shares: UnsafeBufferPointer<Double>, tails: UnsafeBufferPointer<Double>) {
    (self.shares, self.tails) = (shares, tails)
  }

  /// Makes weights that are at least 0, one of them positive, add up to 1.
  init(weights: UnsafeMutableBufferPointer<Double>, tails: UnsafeMutableBufferPointer<Double>) {
    var sum = 0.0
    for k in weights.indices { sum += weights[k] }
    var beyond = 0.0
    for k in weights.indices.reversed() {
      tails[k] = min(1, beyond)
      weights[k] /= sum
      beyond += weights[k]
    }
    self.init(shares: .init(weights), tails: .init(tails))
  }

  /// The probability of the candidate `k` places below the best.
  subscript(k: Int) -> Double {
    if shares.isEmpty { return k == 0 ? 1 : 0 }
    return k < shares.count ? shares[k] : 0
  }

  /// The probability that the choice is further down than `k` places below the best.
  func beyond(_ k: Int) -> Double { k < tails.count ? tails[k] : 0 }

  /// The choice that a uniform number in [0, 1) makes.
  func number(at uniform: Double) -> Int {
    var (sum, last) = (0.0, 0)
    for k in shares.indices where shares[k] > 0 {
      sum += shares[k]
      if uniform < sum { return k }
      // Rounding may leave the sum a little below 1.
      last = k
    }
    return last
  }
}
