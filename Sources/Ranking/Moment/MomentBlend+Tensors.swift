import Artifact

extension MomentBlend {
  private typealias Name = MomentSchema

  /// Writes the blend into a tensor set.
  package func add(to tensors: TensorSet) {
    tensors.metadata[Name.signals] = signals.map(\.name).joined(separator: ",")
    tensors.add(Name.mean, shape: [means.count], means)
    tensors.add(Name.scale, shape: [scales.count], scales)
    tensors.add(Name.stepOffsets, shape: [stepOffsets.count], stepOffsets.map { UInt64($0) })
    tensors.add(Name.edge, shape: [edges.count], edges)
    for (name, weights) in [(Name.fresh, fresh), (Name.evergreen, evergreen)] {
      tensors.add("\(name).\(Name.slope)", shape: [weights.slopes.count], weights.slopes)
      tensors.add("\(name).\(Name.step)", shape: [weights.steps.count], weights.steps)
      tensors.add("\(name).\(Name.offset)", shape: [1], [weights.offset])
    }
    tensors.add(Name.evergreenAge, shape: [1], [evergreenAge])
  }

  /// Reads and checks a blend; the metadata's `moment_signals` must name signals that this program computes.
  init(from reader: ColumnReader, names: String) throws(ModelError) {
    let signals = try Signal.list(names, of: Signal.ofMoment)
    let count = signals.count
    let scales = try reader.finiteFloats(Name.scale, shape: [count])
    if let row = scales.firstIndex(where: { $0 < 1e-20 }) {
      throw .badValue(tensor: Name.scale, row: row, value: "\(scales[row])", expected: "a positive number")
    }
    let edges = try reader.finiteFloats(Name.edge, shape: [nil])
    let offsets = try reader.offsets(Name.stepOffsets, rows: count, end: edges.count)
    let age = try reader.finiteFloats(Name.evergreenAge, shape: [1])[0]
    self.init(
      signals: signals, means: Array(try reader.finiteFloats(Name.mean, shape: [count])), scales: Array(scales),
      stepOffsets: offsets.map { Int($0) }, edges: Array(edges),
      fresh: try Self.weights(Name.fresh, reader, count, edges.count),
      evergreen: try Self.weights(Name.evergreen, reader, count, edges.count), evergreenAge: age)
  }

  private static func weights(
    _ name: String, _ reader: ColumnReader, _ signals: Int, _ steps: Int
  ) throws(ModelError) -> Weights {
    let slopes = try reader.bounded("\(name).\(Name.slope)", shape: [signals], by: Blend.largestContribution / bound)
    let stairs = try reader.bounded("\(name).\(Name.step)", shape: [steps], by: Blend.largestContribution)
    let offset = try reader.bounded("\(name).\(Name.offset)", shape: [1], by: Blend.largestContribution)
    return Weights(slopes: Array(slopes), steps: Array(stairs), offset: offset[0])
  }
}
