import Artifact

/// The linear blend: contribution of signal s = weight[s] · (value − mean[s]) / scale[s], where the standardised value
/// is held within ±bound[s]; the score is the contributions' sum.
///
/// The bound keeps one outlier (a PageRank 28 deviations above the mean) from deciding alone.
///
/// Linear so that a score explains itself: contributions are computed first and the score is their left-to-right sum
/// in Float, never a fused or reordered one, so that whoever adds the served contributions gets the served score.
public struct Blend: Sendable {
  /// Weight of each standardised signal, in the order of ``Signal``.
  public let weights: [Float]
  /// Subtracted from the raw signal.
  public let means: [Float]
  /// Divides the rest; positive.
  public let scales: [Float]
  /// Largest magnitude of a standardised signal; positive.
  public let bounds: [Float]
  /// weight / scale, the only factor the hot loop needs.
  private let factors: [Float]
  /// bound · |weight|: what a contribution is held within.
  private let contributionBounds: [Float]

  /// A blend over all signals; arrays have one element per ``Signal``.
  public init(weights: [Float], means: [Float], scales: [Float], bounds: [Float]) {
    let count = Signal.timeless.count
    precondition([weights, means, scales, bounds].allSatisfy { $0.count == count }, "a blend has \(count) signals")
    self.weights = weights
    self.means = means
    self.scales = scales
    self.bounds = bounds
    factors = zip(weights, scales).map { $0 / $1 }
    contributionBounds = zip(weights, bounds).map { abs($0) * $1 }
  }

  /// How one signal contributes, as ``apply(to:)`` has it.
  struct Term {
    /// weight / scale; 0 where the signal has no say.
    let factor: Float
    let mean: Float
    /// The largest magnitude that the contribution may have.
    let bound: Float

    /// What a signal of this value contributes.
    @inline(__always)
    func contribution(of value: Float) -> Float {
      factor == 0 ? 0 : min(bound, max(-bound, (value - mean) * factor))
    }

    /// The largest magnitude of the contribution for values up to `magnitude`.
    func span(within magnitude: Double) -> Double {
      min(Double(bound), (magnitude + abs(Double(mean))) * abs(Double(factor)))
    }
  }

  /// The term of a signal.
  func term(of signal: Signal) -> Term {
    let place = signal.rawValue
    return Term(factor: factors[place], mean: means[place], bound: contributionBounds[place])
  }

  /// A file whose signals could contribute more is refused, so that no sum of them overflows.
  static let largestContribution: Float = 1e6

  /// Every weight and scale 1, every mean 0, no bound: contributions are the raw values. For looking at signals alone.
  public static let neutral = Blend(
    weights: Signal.timeless.map { _ in 1 }, means: Signal.timeless.map { _ in 0 },
    scales: Signal.timeless.map { _ in 1 }, bounds: Signal.timeless.map { _ in .greatestFiniteMagnitude })

  /// Reads `blend.*`, in the order of the file's `signals`. A signal that the file does not name has weight 0: older
  /// files have fewer. One that this program does not compute is refused.
  init(from tensors: TensorSet) throws(ModelError) {
    let signals = try Signal.list(tensors.metadata[ModelSchema.Metadata.signals], of: Signal.timeless)
    let reader = ColumnReader(tensors)
    let count = signals.count
    let weights = try reader.finiteFloats(ModelSchema.Tensor.blendWeight, shape: [count])
    let means = try reader.finiteFloats(ModelSchema.Tensor.blendMean, shape: [count])
    let scales = try reader.finiteFloats(ModelSchema.Tensor.blendScale, shape: [count])
    let bounds = try reader.finiteFloats(ModelSchema.Tensor.blendBound, shape: [count])
    for (name, column) in [(ModelSchema.Tensor.blendScale, scales), (ModelSchema.Tensor.blendBound, bounds)] {
      guard let row = column.firstIndex(where: { $0 <= 0 }) else { continue }
      throw .badValue(tensor: name, row: row, value: "\(column[row])", expected: "a positive number")
    }
    if let row = (0..<count).first(where: { abs(weights[$0]) * bounds[$0] > Self.largestContribution }) {
      throw .badValue(
        tensor: ModelSchema.Tensor.blendWeight, row: row, value: "\(weights[row]) with bound \(bounds[row])",
        expected: "contributions of at most \(Self.largestContribution)")
    }
    if let row = (0..<count).first(where: { !(weights[$0] / scales[$0]).isFinite }) {
      throw .badValue(
        tensor: ModelSchema.Tensor.blendScale, row: row, value: "\(scales[row])", expected: "a larger scale")
    }
    func placed(_ column: UnsafeBufferPointer<Float>, else missing: Float) -> [Float] {
      Signal.timeless.map { signal in signals.firstIndex(of: signal).map { column[$0] } ?? missing }
    }
    self.init(
      weights: placed(weights, else: 0), means: placed(means, else: 0), scales: placed(scales, else: 1),
      bounds: placed(bounds, else: 1))
  }

  /// Fills `scratch.contributions` (one column per signal) and `scratch.scores`. O(candidates · signals).
  func apply(to scratch: RankScratch) {
    let count = scratch.count
    let scores = scratch.scores
    scores.update(repeating: 0, count: count)
    for signal in Signal.timeless.map(\.rawValue) {
      // What has no weight costs nothing: a model without neighbours does not pay for their signals.
      if factors[signal] == 0 || scratch.skipped.contains(Signal.timeless[signal]) {
        scratch.contributions(signal).update(repeating: 0, count: count)
        continue
      }
      let mean = means[signal]
      let factor = factors[signal]
      let values = scratch.values(signal)
      let contributions = scratch.contributions(signal)
      let bound = contributionBounds[signal]
      // With the bounds first, a value that is not a number falls to the lower bound: scores are always finite.
      for i in 0..<count { contributions[i] = min(bound, max(-bound, (values[i] - mean) * factor)) }
      for i in 0..<count { scores[i] += contributions[i] }
    }
  }
}
