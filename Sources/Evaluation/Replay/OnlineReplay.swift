import Glibc
import Ranking
import Training

/// What the ranker would have been with its blend corrected online: each impression is ranked with what the ones before
/// it have taught, and then teaches with its labels, all of them at once.
struct OnlineReplay {
  let blend: MomentBlend
  let calibration: ScoreCalibration
  let rates: LearningRates

  /// Scores and probabilities, to be compared with the ranker's. O(candidates · signals).
  func scored(_ impressions: ImpressionList, _ scores: ReplayScores) -> ScoredModel {
    var learner = FTRLProximal(inputs: blend.signals.count, rates: rates)
    let order = (0..<impressions.count).sorted { a, b in
      (impressions.times[a] ?? .max, a) < (impressions.times[b] ?? .max, b)
    }
    let columns = blend.signals.map { scores.signals[$0] }
    let bases = scores.ranker.map { calibration.logOdds(of: $0) }
    var corrected = bases
    for impression in order {
      let candidates = impressions.candidates(of: impression)
      let inputs = candidates.map { candidate in
        columns.indices.map { blend.standardised($0, columns[$0][candidate]) }
      }
      for (candidate, z) in zip(candidates, inputs) {
        corrected[candidate] += Float(z.withUnsafeBufferPointer { learner.correction($0) })
      }
      for (candidate, z) in zip(candidates, inputs) {
        z.withUnsafeBufferPointer {
          learner.learn($0, base: bases[candidate], isPositive: impressions.labels[candidate])
        }
      }
    }
    return ScoredModel(
      name: "online", kind: .recipe, scores: corrected, probabilities: corrected.map { 1 / (1 + expf(-$0)) },
      against: "ranker")
  }
}
