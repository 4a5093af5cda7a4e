import Glibc

/// Candidates to which the ranker gives about the same log odds: what it says of them, and what came of it.
package struct ReliabilityBin: Sendable, Encodable {
  /// Candidates, and those of them that were engaged with.
  package let candidates: Int
  package let positives: Int
  /// Mean probability, in [0, 1].
  package let predicted: Double
  /// Share of positives, in [0, 1], with its 95 % interval.
  package let observed: Double
  package let observedLow: Double
  package let observedHigh: Double

  enum CodingKeys: String, CodingKey {
    case candidates, positives, predicted, observed
    case observedLow = "observed_low"
    case observedHigh = "observed_high"
  }

  /// Bins are one log odd wide; the first and the last take all that is beyond this.
  private static let bound: Float = 8

  /// The bins that are not empty, ascending.
  static func bins(logOdds: [Float], labels: [Bool]) -> [ReliabilityBin] {
    var sums = [(candidates: Int, positives: Int, predicted: Double)](
      repeating: (0, 0, 0), count: 2 * Int(bound))
    for (score, label) in zip(logOdds, labels) where !score.isNaN {
      let bin = Int(max(-bound, min(bound - 1, score.rounded(.down))) + bound)
      sums[bin].candidates += 1
      if label { sums[bin].positives += 1 }
      sums[bin].predicted += 1 / (1 + exp(-Double(score)))
    }
    return sums.filter { $0.candidates > 0 }.map { sum in
      let (count, interval) = (Double(sum.candidates), WilsonInterval(hits: sum.positives, of: sum.candidates))
      return ReliabilityBin(
        candidates: sum.candidates, positives: sum.positives, predicted: sum.predicted / count,
        observed: Double(sum.positives) / count, observedLow: interval.low, observedHigh: interval.high)
    }
  }
}
