import Glibc

/// Candidates of about the same age: what the ranker makes of them, and what came of it.
package struct AgeBin: Sendable, Encodable {
  /// Hours since the tweet was written, from and up to but not including; without an end for the oldest, and neither
  /// for tweets whose age is not known.
  package let hoursFrom: Double?
  package let hoursTo: Double?
  /// Candidates, and those of them that were engaged with.
  package let candidates: Int
  package let positives: Int
  /// Mean score, in log odds.
  package let meanScore: Double
  /// Mean probability, in [0, 1]: what compares with the share that was engaged with. Its log odds are above the mean
  /// score, because a few likely tweets among many unlikely ones weigh more in it.
  package let meanProbability: Double

  enum CodingKeys: String, CodingKey {
    case hoursFrom = "hours_from"
    case hoursTo = "hours_to"
    case candidates, positives
    case meanScore = "mean_score"
    case meanProbability = "mean_probability"
  }

  /// Where bins begin, in hours: doublings, more or less, at times that have a name.
  private static let edges: [Double] = [0, 1, 2, 4, 8, 16, 24, 48, 96, 168, 336, 720, 1_440, 2_880, 8_760]

  /// The bins that are not empty, youngest first. `ages` are the signal of that name, ln(1 + hours).
  static func bins(ages: [Float], scores: [Float], labels: [Bool]) -> [AgeBin] {
    var sums = [(candidates: Int, positives: Int, score: Double, probability: Double)](
      repeating: (0, 0, 0, 0), count: edges.count + 1)
    for candidate in scores.indices where !scores[candidate].isNaN {
      let hours = expm1(Double(ages[candidate]))
      let bin = hours.isNaN ? edges.count : (edges.lastIndex { $0 <= hours } ?? 0)
      sums[bin].candidates += 1
      if labels[candidate] { sums[bin].positives += 1 }
      sums[bin].score += Double(scores[candidate])
      sums[bin].probability += 1 / (1 + exp(-Double(scores[candidate])))
    }
    return sums.indices.filter { sums[$0].candidates > 0 }.map { bin in
      AgeBin(
        hoursFrom: bin < edges.count ? edges[bin] : nil, hoursTo: bin + 1 < edges.count ? edges[bin + 1] : nil,
        candidates: sums[bin].candidates, positives: sums[bin].positives,
        meanScore: sums[bin].score / Double(sums[bin].candidates),
        meanProbability: sums[bin].probability / Double(sums[bin].candidates))
    }
  }
}
