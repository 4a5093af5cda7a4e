import Artifact

/// How a correction is kept: `online.square` and `online.pull` F64 [signals + 1], bias last, `online.rates` F64 [4]
/// (alpha, beta, L1, L2), and in the metadata the model and the signals that it belongs to.
extension FTRLProximal {
  private enum Name {
    static let square = "online.square"
    static let pull = "online.pull"
    static let rates = "online.rates"
    static let model = "model_version"
    static let signals = "signals"
    static let updates = "updates"
  }

  /// As tensors; `updates` are the steps taken so far.
  public func tensors(of model: Model, updates: UInt64) -> TensorSet {
    let tensors = TensorSet()
    tensors.metadata = [
      Name.model: model.version, Name.signals: Self.signalNames(model), Name.updates: "\(updates)",
    ]
    tensors.add(Name.square, shape: [squares.count], squares)
    tensors.add(Name.pull, shape: [pulls.count], pulls)
    tensors.add(Name.rates, shape: [4], [rates.alpha, rates.beta, rates.l1, rates.l2])
    return tensors
  }

  /// Goes on from a correction as it was kept; nil where it was learned for another model.
  /// - Throws: ``ModelError`` for what cannot have been written by ``tensors(of:updates:)``.
  public static func restored(
    from tensors: TensorSet, for model: Model, rates: LearningRates
  ) throws(ModelError) -> (learner: FTRLProximal, updates: UInt64)? {
    guard tensors.metadata[Name.model] == model.version, tensors.metadata[Name.signals] == signalNames(model) else {
      return nil
    }
    let reader = ColumnReader(tensors)
    let count = (model.moment?.blend.signals.count ?? 0) + 1
    let squares = try reader.finiteDoubles(Name.square, shape: [count])
    let pulls = try reader.finiteDoubles(Name.pull, shape: [count])
    for (name, column, least) in [(Name.square, squares, 0), (Name.pull, pulls, -largestState)] {
      guard let row = column.firstIndex(where: { !(least...largestState).contains($0) }) else { continue }
      throw .badValue(tensor: name, row: row, value: "\(column[row])", expected: "in \(least) to \(largestState)")
    }
    let saved = try reader.finiteDoubles(Name.rates, shape: [4])
    let old = LearningRates(alpha: saved[0], beta: saved[1], l1: saved[2], l2: saved[3])
    do throws(StepError) { try old.check() } catch {
      throw .badValue(tensor: Name.rates, row: 0, value: "\(old)", expected: "rates: \(error)")
    }
    return (
      FTRLProximal(squares: Array(squares), pulls: Array(pulls), learnedWith: old, rates: rates),
      tensors.metadata[Name.updates].flatMap { UInt64($0) } ?? 0
    )
  }

  private static func signalNames(_ model: Model) -> String {
    (model.moment?.blend.signals ?? []).map(\.name).joined(separator: ",")
  }
}
