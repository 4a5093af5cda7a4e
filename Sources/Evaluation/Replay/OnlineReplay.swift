import Glibc
import Ranking
import Training

/// What the ranker would have been with its blend corrected online: each impression is ranked with what the ones before
/// it have taught, and then teaches with its labels, all of them at once.
struct OnlineReplay {
  let blend: MomentBlend
  let calibration: ScoreCalibration
  let rates: LearningRates

  /// - Parameters:
  ///   - order: the impressions in order of time.
  ///   - scores: the blend's, one per candidate.
  ///   - signals: raw values, likewise; NaN is missing.
  func scored(
    _ impressions: ImpressionList, order: [Int], scores: [Float], signals: [Signal: [Float]]
  ) -> ScoredModel {
    var learner = FTRLProximal(inputs: blend.signals.count, rates: rates)
    let columns = blend.signals.map { signals[$0] ?? [] }
    var corrected = scores
    for impression in order {
      let candidates = impressions.candidates(of: impression)
      let inputs = candidates.map { candidate in
        columns.indices.map { blend.standardised($0, columns[$0][candidate]) }
      }
      for (candidate, z) in zip(candidates, inputs) {
        let base = calibration.logOdds(of: scores[candidate])
        corrected[candidate] = base + Float(z.withUnsafeBufferPointer { learner.correction($0) })
      }
      for (candidate, z) in zip(candidates, inputs) {
        z.withUnsafeBufferPointer {
          learner.learn(
            $0, base: calibration.logOdds(of: scores[candidate]), isPositive: impressions.labels[candidate])
        }
      }
    }
    return ScoredModel(
      name: "online", kind: .recipe, scores: corrected, probabilities: corrected.map { 1 / (1 + expf(-$0)) },
      against: "ranker")
  }
}
