import Kernels

/// Which type an engagement will be, should there be one: logistic regression over the blend's standardised signals,
/// one line a type.
///
/// P(type k | some type) = exp(l_k) / Σ exp(l_j) with l_k = offset_k + Σ_s slope_(k,s) · z_s. Types that the log scores
/// above 0 are engagements; the others are rejections (hide, report), which the score of the signals does not count.
/// With a weight w_k a type, a tweet is worth M = Σ_k w_k · P_k / Σ_(engagements) P_k times its probability, so its log
/// odds change by ln M: by 0 where all engagements weigh 1 and all rejections 0.
package struct EngagementTypes: Sendable, Equatable {
  /// Nothing learned: no types, or one.
  package static let none = EngagementTypes(names: [], rejections: [], offsets: [], slopes: [])

  /// Below this worth the logarithm goes on as its tangent: M may be negative, and the order stays that of M.
  static let smallestWorth: Float = 0.05
  /// Types at most.
  package static let limit = 16

  /// [K], ascending.
  package let names: [String]
  /// [K] whether the log scores the type at 0 or below.
  package let rejections: [Bool]
  /// [K] of log odds up to a constant.
  package let offsets: [Float]
  /// [K, S] of the standardised signals in the order of the blend.
  package let slopes: [Float]

  /// Types with parallel columns.
  package init(names: [String], rejections: [Bool], offsets: [Float], slopes: [Float]) {
    self.names = names
    self.rejections = rejections
    self.offsets = offsets
    self.slopes = slopes
  }

  /// The weights with which nothing changes.
  package var defaultWeights: [Float] { rejections.map { $0 ? 0 : 1 } }

  /// ln M, continued below ``smallestWorth``.
  static func term(worth: Float) -> Float {
    worth >= smallestWorth
      ? Logarithm.natural(worth) : Logarithm.natural(smallestWorth) + (worth - smallestWorth) / smallestWorth
  }

  /// Adds each candidate's term to its score; `weights` [K]. O(candidates · signals · types).
  func adjust(_ scratch: RankScratch, blend: MomentBlend, weights: [Float]) {
    let (terms, worths) = (scratch.terms(of: .engagementValue), scratch.values(of: .engagementValue))
    let count = scratch.count
    fillOdds(scratch, blend)
    for i in 0..<count {
      var largest = -Float.greatestFiniteMagnitude
      for k in names.indices { largest = max(largest, scratch.typeOdds(k)[i]) }
      var (sum, wanted): (Float, Float) = (0, 0)
      for k in names.indices {
        let share = Logarithm.exponential(scratch.typeOdds(k)[i] - largest)
        wanted += weights[k] * share
        if !rejections[k] { sum += share }
      }
      // A tweet that is all but sure to be rejected: the worth of one, without dividing by nothing.
      worths[i] = wanted / max(sum, 1e-6)
      terms[i] = Self.term(worth: worths[i])
      scratch.scores[i] += terms[i]
    }
  }

  private func fillOdds(_ scratch: RankScratch, _ blend: MomentBlend) {
    let count = scratch.count
    for k in names.indices { scratch.typeOdds(k).update(repeating: offsets[k], count: count) }
    let inputs = scratch.typeInputs
    for s in blend.signals.indices {
      let values = scratch.values(blend.signals[s].rawValue)
      for i in 0..<count { inputs[i] = blend.standardised(s, values[i]) }
      for k in names.indices {
        let (odds, slope) = (scratch.typeOdds(k), slopes[k * blend.signals.count + s])
        for i in 0..<count { odds[i] += slope * inputs[i] }
      }
    }
  }
}
