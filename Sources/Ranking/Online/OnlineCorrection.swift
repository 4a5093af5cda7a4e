/// What feedback has taught about the signals, as ranking uses it: delta log odds = weights · z + bias, over the
/// standardised signals z of the model's ``MomentBlend``; a missing one counts as 0.
///
/// A copy of ``FTRLProximal``'s weights at some moment, in floats.
public struct OnlineCorrection: Sendable, Equatable {
  /// [S] in the order of the blend's signals.
  let weights: [Float]
  let bias: Float

  /// The learner's weights as they are now.
  public init(_ learner: FTRLProximal) {
    weights = learner.weights.dropLast().map { Float($0) }
    bias = Float(learner.weights[learner.inputs])
  }

  /// Adds the correction to each candidate's score; the step's value is the score before, in log odds.
  /// O(candidates · weights that are not 0).
  func adjust(_ scratch: RankScratch, blend: MomentBlend) {
    let (terms, values) = (scratch.terms(of: .online), scratch.values(of: .online))
    for i in 0..<scratch.count {
      values[i] = scratch.scores[i]
      terms[i] = bias
    }
    for s in blend.signals.indices where weights[s] != 0 {
      let column = scratch.values(blend.signals[s].rawValue)
      let weight = weights[s]
      for i in 0..<scratch.count { terms[i] += weight * blend.standardised(s, column[i]) }
    }
    let bound = Float(FTRLProximal.largestCorrection)
    for i in 0..<scratch.count {
      terms[i] = min(bound, max(-bound, terms[i]))
      scratch.scores[i] += terms[i]
    }
  }
}
