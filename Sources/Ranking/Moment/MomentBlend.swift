import Kernels

/// The learned blend: from raw signals to the log odds that the user engages.
///
/// A signal's contribution is weight · z + Σ steps whose edge it exceeds, where z = (value − mean) / scale within
/// ± ``bound``: a line plus stairs, so that a signal may matter in one part of its range only. A missing value (NaN)
/// contributes 0. There are two sets of weights: one for tweets of an age at which people engage, and one for tweets
/// older than ``evergreenAge``, where who engaged since tells more than how new they are. Both give log odds on one
/// scale. The score is the sum over signals, left to right, begun with the offset.
package struct MomentBlend: Sendable, Equatable {
  /// One set of weights.
  package struct Weights: Sendable, Equatable {
    /// [S] of the standardised signals.
    package var slopes: [Float]
    /// Of the stairs; those of signal s are `stepOffsets[s]..<stepOffsets[s + 1]`.
    package var steps: [Float]
    /// Log odds with all signals at their mean.
    package var offset: Float

    package init(slopes: [Float], steps: [Float], offset: Float) {
      self.slopes = slopes
      self.steps = steps
      self.offset = offset
    }
  }

  /// Standardised signals are held within ± this.
  package static let bound: Float = 6

  /// [S] what is blended, in order.
  package var signals: [Signal]
  package var means: [Float]
  /// Positive.
  package var scales: [Float]
  /// [S + 1]
  package var stepOffsets: [Int]
  /// Ascending within a signal.
  package var edges: [Float]
  package var fresh: Weights
  package var evergreen: Weights
  /// Seconds; the greatest number: there are none.
  package let evergreenAge: Float
  /// The same as the signal of age counts it: ln(1 + hours).
  private let evergreenLogAge: Float
  private let hasEvergreen: Bool

  package init(
    signals: [Signal], means: [Float], scales: [Float], stepOffsets: [Int], edges: [Float], fresh: Weights,
    evergreen: Weights, evergreenAge: Float
  ) {
    self.signals = signals
    self.means = means
    self.scales = scales
    self.stepOffsets = stepOffsets
    self.edges = edges
    self.fresh = fresh
    self.evergreen = evergreen
    self.evergreenAge = evergreenAge
    hasEvergreen = evergreenAge < .greatestFiniteMagnitude
    evergreenLogAge = Logarithm.ofOnePlus(evergreenAge / 3600)
  }

  /// z of signal number `s` with `value`; 0 for a missing value.
  @inline(__always)
  package func standardised(_ s: Int, _ value: Float) -> Float {
    let z = min(Self.bound, max(-Self.bound, (value - means[s]) / scales[s]))
    return value.isNaN ? 0 : z
  }

  /// Contribution of signal number `s` with `value`.
  @inline(__always)
  func contribution(_ s: Int, _ value: Float, _ weights: Weights) -> Float {
    if value.isNaN { return 0 }
    var sum = weights.slopes[s] * standardised(s, value)
    for step in stepOffsets[s]..<stepOffsets[s + 1] where value > edges[step] { sum += weights.steps[step] }
    return sum
  }

  /// Which weights a candidate of this age (ln(1 + hours), NaN: unknown) and of so many engagements (ln(1 + n)) gets:
  /// an old tweet that nobody has engaged with is judged as a new one, and one of unknown age that somebody has, as an
  /// old one.
  @inline(__always)
  package func isEvergreen(age: Float, count: Float) -> Bool {
    count > 0 && hasEvergreen && !(age <= evergreenLogAge)
  }

  /// Log odds of one candidate whose signals are `values`, in the order of ``signals``.
  package func score(_ values: ArraySlice<Float>, _ weights: Weights) -> Float {
    var sum = weights.offset
    for (s, value) in values.enumerated() { sum += contribution(s, value, weights) }
    return sum
  }

  /// Log odds of `count` candidates into `scores`. O(candidates · signals · edges of a signal).
  package func score(_ columns: SignalColumns, count: Int, into scores: UnsafeMutablePointer<Float>) {
    let (ages, counts) = (columns[.age], columns[.tweetCount])
    for i in 0..<count {
      let weights = isEvergreen(age: ages[i], count: counts[i]) ? evergreen : fresh
      var sum = weights.offset
      for s in signals.indices { sum += contribution(s, columns[signals[s]][i], weights) }
      scores[i] = sum
    }
  }

  /// Fills `scratch.contributions` and `scratch.scores`: the offset as ``Signal/base``, the caller's score as it is,
  /// then each signal.
  func apply(to scratch: RankScratch) {
    let columns = SignalColumns(base: scratch.values(0), capacity: scratch.capacity)
    let (ages, counts) = (columns[.age], columns[.tweetCount])
    let base = scratch.contributions(Signal.base.rawValue)
    let caller = scratch.contributions(Signal.caller.rawValue)
    for i in 0..<scratch.count {
      scratch.evergreen[i] = isEvergreen(age: ages[i], count: counts[i]) ? 1 : 0
      base[i] = scratch.evergreen[i] == 1 ? evergreen.offset : fresh.offset
      columns[.base][i] = 1
      caller[i] = columns[.caller][i]
      scratch.scores[i] = base[i] + caller[i]
    }
    let kinds = scratch.evergreen
    edges.withUnsafeBufferPointer { edges in
      fresh.steps.withUnsafeBufferPointer { freshSteps in
        evergreen.steps.withUnsafeBufferPointer { evergreenSteps in
          for s in signals.indices {
            if scratch.skipped.contains(signals[s]) {
              scratch.contributions(signals[s].rawValue).update(repeating: 0, count: scratch.count)
              continue
            }
            let range = stepOffsets[s]..<stepOffsets[s + 1]
            let stairs = Columnwise.Stairs(
              mean: means[s], inverseScale: 1 / scales[s], bound: Self.bound,
              slopes: (fresh.slopes[s], evergreen.slopes[s]), edges: UnsafeBufferPointer(rebasing: edges[range]),
              steps: (
                UnsafeBufferPointer(rebasing: freshSteps[range]), UnsafeBufferPointer(rebasing: evergreenSteps[range])
              ))
            stairs.apply(
              columns[signals[s]], kinds: kinds, count: scratch.count,
              contributions: scratch.contributions(signals[s].rawValue), scores: scratch.scores)
          }
        }
      }
    }
  }
}
