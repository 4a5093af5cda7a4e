import Kernels
import Training

/// What is learned from implicit interactions.
struct InteractionCases {
  private let interactions: Interactions
  private let watch: Stopwatch
  private static let iterations = 3

  init(input: InputFolder, watch: Stopwatch) throws {
    let columns = try input.columns("interactions.tsv", count: 3)
    let (users, items) = (columns[0].map { UInt32($0) }, columns[1].map { UInt32($0) })
    interactions = try Interactions(
      userCount: Int(users.max() ?? 0) + 1, itemCount: Int(items.max() ?? 0) + 1, users: users, items: items,
      values: columns[2].map { Float($0) })
    self.watch = watch
  }

  /// One iteration of alternating least squares in Float, both sides, by conjugate gradients.
  func als(_ parallel: Parallel) throws -> Measurement {
    let settings = ALSSettings(factors: 64, regularization: 0.05)
    let (seconds, als) = try watch.best {
      var als = try ALSFactors<Float>(interactions, settings: settings, seed: 7, parallel: parallel)
      for _ in 0..<Self.iterations { try als.runIteration() }
      return als
    }
    return Measurement(seconds: seconds / Double(Self.iterations), quality: ["loss": als.loss()])
  }
}
