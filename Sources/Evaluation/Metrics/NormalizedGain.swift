import Glibc

/// Normalised discounted cumulative gain: what the first positions gain, each discounted by 1 / log2(position + 1),
/// over what the best order would (Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM
/// TOIS 2002).
package struct NormalizedGain: Sendable, Equatable {
  /// What an item of gain g adds.
  package enum Scale: Sendable {
    /// g itself, as scikit-learn's `ndcg_score`.
    case linear
    /// 2^g − 1, which favours the best items (Burges et al., "Learning to rank using gradient descent", ICML 2005).
    case exponential
  }

  /// What happens where scores tie.
  package enum Ties: Sendable {
    /// Every order of the tied items counts alike, as scikit-learn's `ndcg_score` by default (McSherry and Najork,
    /// "Computing information retrieval performance measures efficiently in the presence of tied scores", ECIR 2008).
    case averaged
    /// Tied items stand in the order in which they were given.
    case inOrder
  }

  /// Positions that count; all where nil.
  package let cutoff: Int?
  /// What an item of gain g adds.
  package let scale: Scale
  /// What happens where scores tie.
  package let ties: Ties

  /// A variant of the metric; throws for a cutoff below 1.
  package init(cutoff: Int? = nil, scale: Scale = .linear, ties: Ties = .averaged) throws(MetricError) {
    try RankedGains.check(cutoff: cutoff)
    self.cutoff = cutoff
    self.scale = scale
    self.ties = ties
  }

  /// The metric of one query, in [0, 1]; 0 if no item has a gain, as in scikit-learn.
  ///
  /// Throws where an exponential gain is too large for a number.
  /// - Complexity: O(n log n).
  package func value(of ranking: RankedGains) throws(MetricError) -> Double {
    let worths = ranking.gains.map(worth)
    let best = worths.sorted(by: >)
    let ideal = discounted(best)
    guard ideal.isFinite else {
      let greatest = ranking.gains.max() ?? 0
      throw .badValue(name: "greatest gain", value: greatest, row: 0, reason: "too large to be added up")
    }
    guard ideal > 0 else { return 0 }
    switch ties {
    case .inOrder: return discounted(worths) / ideal
    case .averaged: return discountedOverTies(worths, ends: ranking.tieEnds) / ideal
    }
  }

  private func worth(_ gain: Double) -> Double {
    switch scale {
    case .linear: gain
    case .exponential: exp2(gain) - 1
    }
  }

  private func discount(_ position: Int) -> Double { 1 / log2(Double(position + 2)) }

  private func discounted(_ worths: [Double]) -> Double {
    var sum = 0.0
    for (position, worth) in worths.prefix(cutoff ?? worths.count).enumerated() { sum += worth * discount(position) }
    return sum
  }

  /// Each run of ties gains its mean worth at each of its positions.
  private func discountedOverTies(_ worths: [Double], ends: [Int]) -> Double {
    let shown = min(cutoff ?? worths.count, worths.count)
    var sum = 0.0
    var start = 0
    for end in ends {
      guard start < shown else { break }
      let mean = worths[start..<end].reduce(0, +) / Double(end - start)
      for position in start..<min(end, shown) { sum += mean * discount(position) }
      start = end
    }
    return sum
  }
}
