import Artifact
import Ranking
import Training

/// What was computed for every candidate of every impression, column by column, in the layout of the impressions.
final class ReplayScores {
  /// Candidates of all impressions.
  let count: Int
  /// Signals as of each impression's moment; NaN where missing.
  let signals: SignalColumns
  /// Scores of the ranker, in log odds, and of the classic hybrid.
  var ranker: [Float]
  var classic: [Float]
  private let memory: UnsafeMutablePointer<Float>

  init(candidates: Int) {
    count = candidates
    let size = Signal.allCases.count * candidates
    memory = .allocate(capacity: size)
    memory.initialize(repeating: .nan, count: size)
    signals = SignalColumns(base: memory, capacity: candidates)
    ranker = .init(repeating: 0, count: candidates)
    classic = ranker
  }

  deinit { memory.deallocate() }

  /// Takes over the signals of the candidates from `start` on; `values` has `count` of them.
  func keep(_ values: SignalColumns, count: Int, at start: Int) {
    precondition(start >= 0 && count >= 0 && start + count <= self.count, "\(start) + \(count) of \(self.count)")
    for signal in Signal.ofMoment { (signals[signal] + start).update(from: values[signal], count: count) }
  }

  /// One signal of all candidates.
  func column(_ signal: Signal) -> [Float] { Array(UnsafeBufferPointer(start: signals[signal], count: count)) }

  /// Scores of all candidates by a blend of their signals, in log odds.
  func scores(by blend: MomentBlend) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { scores, filled in
      if let base = scores.baseAddress { blend.score(signals, count: count, into: base) }
      filled = count
    }
  }

  /// Writes what the blend was learned from and what it ranked, as a safetensors file.
  func write(_ impressions: ImpressionList, _ world: EvaluationWorld, to path: String) throws(ArtifactError) {
    let tensors = TensorSet()
    tensors.metadata["signals"] = world.result.blend.signals.map(\.name).joined(separator: ",")
    world.addLists(to: tensors)
    let ordered = world.result.blend.signals
    tensors.add("impressions.values", shape: [count, ordered.count], of: Float.self) { values in
      for row in 0..<count {
        for (place, signal) in ordered.enumerated() { values[row * ordered.count + place] = signals[signal][row] }
      }
    }
    tensors.add("impressions.labels", shape: [count], impressions.labels.map { $0 ? UInt8(1) : 0 })
    tensors.add(
      "impressions.offsets", shape: [impressions.offsets.count], impressions.offsets.map { UInt64($0) })
    tensors.add("impressions.ranker", shape: [count], ranker)
    try tensors.write(to: path)
  }
}
