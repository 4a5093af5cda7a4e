import Artifact

/// The linear blend: contribution of signal s = weight[s] · (value − mean[s]) / scale[s]; the score is their sum.
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
  /// weight / scale, the only factor the hot loop needs.
  let factors: [Float]

  /// A blend over all signals; arrays have one element per ``Signal``.
  public init(weights: [Float], means: [Float], scales: [Float]) {
    precondition(
      weights.count == Signal.allCases.count && means.count == weights.count && scales.count == weights.count)
    self.weights = weights
    self.means = means
    self.scales = scales
    factors = zip(weights, scales).map { $0 / $1 }
  }

  /// Every weight and scale 1, every mean 0: contributions are the raw values. For looking at signals alone.
  public static let neutral = Blend(
    weights: Signal.allCases.map { _ in 1 }, means: Signal.allCases.map { _ in 0 },
    scales: Signal.allCases.map { _ in 1 })

  /// Reads `blend.*` and checks that it is over the signals of this program.
  init(from tensors: TensorSet) throws(ModelError) {
    let names = tensors.metadata[ModelSchema.Metadata.signals]
    guard names == Signal.joinedNames else {
      throw .unknownSignals(got: names, expected: Signal.joinedNames)
    }
    let reader = ColumnReader(tensors)
    let count = Signal.allCases.count
    let weights = try reader.finiteFloats(ModelSchema.Tensor.blendWeight, shape: [count])
    let means = try reader.finiteFloats(ModelSchema.Tensor.blendMean, shape: [count])
    let scales = try reader.finiteFloats(ModelSchema.Tensor.blendScale, shape: [count])
    if let row = scales.firstIndex(where: { $0 <= 0 }) {
      throw .badValue(
        tensor: ModelSchema.Tensor.blendScale, row: row, value: "\(scales[row])", expected: "a positive number")
    }
    self.init(weights: Array(weights), means: Array(means), scales: Array(scales))
  }

  /// Fills `scratch.contributions` (one column per signal) and `scratch.scores`. O(candidates · signals).
  func apply(to scratch: RankScratch) {
    let count = scratch.count
    let scores = scratch.scores
    for signal in 0..<Signal.allCases.count {
      let mean = means[signal]
      let factor = factors[signal]
      let values = scratch.values(signal)
      let contributions = scratch.contributions(signal)
      for i in 0..<count { contributions[i] = (values[i] - mean) * factor }
      if signal == 0 {
        scores.update(from: contributions, count: count)
      } else {
        for i in 0..<count { scores[i] += contributions[i] }
      }
    }
  }
}
