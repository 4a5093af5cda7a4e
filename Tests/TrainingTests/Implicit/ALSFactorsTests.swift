import Kernels
import Testing

@testable import Training

@Suite("Least squares of implicit feedback")
struct ALSFactorsTests {
  private func interactions(
    _ users: Int, _ items: Int, count: Int, seed: UInt64
  ) throws -> Interactions {
    var generator = SeededGenerator(seed: seed)
    return try Interactions(
      userCount: users, itemCount: items, users: (0..<count).map { _ in UInt32(generator.below(users)) },
      items: (0..<count).map { _ in UInt32(generator.below(items)) },
      values: (0..<count).map { _ in Float(1 + generator.below(4)) * (generator.below(8) == 0 ? -1 : 1) })
  }

  /// The loss as its definition says, pair by pair.
  private func plainLoss(_ model: ALSFactors<Double>, _ data: Interactions) -> Double {
    var (loss, weight) = (0.0, 0.0)
    let (users, items) = (ImplicitPack.rows(model.users), ImplicitPack.rows(model.items))
    for user in 0..<data.userCount {
      var confidences = [Double?](repeating: nil, count: data.itemCount)
      for entry in data.byUser.entries(ofRow: user) {
        confidences[Int(data.byUser.columns[entry])] = model.settings.alpha * Double(data.byUser.values[entry])
      }
      for item in 0..<data.itemCount {
        let confidence = confidences[item]
        let error = ((confidence ?? 0) > 0 ? 1 : 0) - zip(users[user], items[item]).reduce(0) { $0 + $1.0 * $1.1 }
        loss += abs(confidence ?? 1) * error * error
        // The library's own addition.
        if let confidence, confidence < 0 { loss -= confidence }
        weight += abs(confidence ?? 1)
      }
    }
    let norm = (users + items).joined().reduce(0) { $0 + $1 * $1 }
    return (loss + Double(Float(model.settings.regularization)) * norm) / weight
  }

  @Test("the loss is what its definition says, and each exact iteration lowers it")
  func loss() throws {
    let data = try interactions(14, 19, count: 80, seed: 1)
    for alpha in [1.0, 8] {
      let settings = ALSSettings(factors: 6, regularization: 0.1, alpha: alpha, solver: .cholesky)
      var model = try ALSFactors<Double>(data, settings: settings, seed: 2)
      var last = Double.infinity
      for _ in 0..<6 {
        try model.runIteration()
        #expect(abs(model.loss() - plainLoss(model, data)) < 1e-13)
        #expect(model.loss() < last)
        last = model.loss()
      }
    }
  }

  @Test("enough conjugate gradients reach Cholesky's solution")
  func solversAgree() throws {
    let data = try interactions(10, 12, count: 50, seed: 4)
    var exact = try ALSFactors<Double>(
      data, settings: ALSSettings(factors: 4, regularization: 0.5, solver: .cholesky), seed: 1)
    var steps = try ALSFactors<Double>(
      data, settings: ALSSettings(factors: 4, regularization: 0.5, solver: .conjugateGradients(steps: 30)), seed: 1)
    for _ in 0..<3 {
      try exact.runIteration()
      try steps.runIteration()
    }
    #expect(ImplicitPack.difference(ImplicitPack.rows(exact.users), ImplicitPack.rows(steps.users)) < 1e-7)
  }

  @Test("the bits are the same on any number of threads")
  func threads() throws {
    let data = try interactions(300, 200, count: 1500, seed: 7)
    func rows(_ threads: Int) throws -> [[Double]] {
      var model = try ALSFactors<Float>(
        data, settings: ALSSettings(factors: 11), seed: 9, parallel: Parallel(threads: threads))
      for _ in 0..<2 { try model.runIteration() }
      return ImplicitPack.rows(model.users) + ImplicitPack.rows(model.items)
    }
    let alone = try rows(1)
    #expect(try rows(2) == alone)
    #expect(try rows(5) == alone)
  }

  @Test("one user, one item, no interactions, more factors than interactions")
  func edges() throws {
    for solver in [ALSSettings.Solver.cholesky, .conjugateGradients(steps: 3)] {
      var one = try ALSFactors<Double>(
        Interactions(userCount: 1, itemCount: 1, users: [0], items: [0], values: [3]),
        settings: ALSSettings(factors: 20, regularization: 0.01, solver: solver), seed: 1)
      for _ in 0..<10 { try one.runIteration() }
      let score = zip(one.users[0], one.items[0]).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(score > 0.9 && score < 1)
      var none = try ALSFactors<Float>(
        Interactions(userCount: 2, itemCount: 3, users: [], items: [], values: []),
        settings: ALSSettings(factors: 4, solver: solver), seed: 1)
      try none.runIteration()
      #expect(ImplicitPack.rows(none.users).joined().allSatisfy { $0 == 0 })
      var empty = try ALSFactors<Float>(
        Interactions(userCount: 0, itemCount: 0, users: [], items: [], values: []), settings: ALSSettings(), seed: 1)
      try empty.runIteration()
    }
  }

  @Test("equations without a solution and settings out of range are refused by name")
  func badInput() throws {
    let data = try Interactions(userCount: 2, itemCount: 1, users: [0, 1], items: [0, 0], values: [1, 1])
    var model = try ALSFactors<Double>(
      data, settings: ALSSettings(factors: 3, regularization: 0, solver: .cholesky), seed: 1)
    #expect(throws: ImplicitError.singular(side: "user", row: 0, regularization: 0)) { try model.runIteration() }
    #expect(throws: ImplicitError.badStart(rows: 1, expected: 6)) {
      try ALSFactors<Double>(data, settings: ALSSettings(factors: 3), users: [1], items: [])
    }
    for settings in [
      ALSSettings(factors: 0), ALSSettings(regularization: -1), ALSSettings(regularization: .nan),
      ALSSettings(alpha: .infinity),
    ] {
      #expect(throws: ImplicitError.self) { try ALSFactors<Float>(data, settings: settings, seed: 1) }
    }
    var huge = try ALSFactors<Float>(
      Interactions(userCount: 1, itemCount: 1, users: [0], items: [0], values: [3e38]),
      settings: ALSSettings(factors: 2, alpha: 10), seed: 1)
    #expect(throws: ImplicitError.diverged(side: "user", row: 0)) { try huge.runIteration() }
  }

  @Test("interactions are checked and summed")
  func interactionsAreChecked() throws {
    let sums = try Interactions(
      userCount: 2, itemCount: 3, users: [1, 0, 1, 1], items: [2, 0, 2, 1], values: [1, 4, 2.5, 7]
    ).byUser
    #expect(sums == SparseRows(offsets: [0, 1, 3], columns: [0, 1, 2], values: [4, 7, 3.5]))
    #expect(throws: ImplicitError.badPlace(interaction: 0, user: 2, item: 0, userCount: 2, itemCount: 3)) {
      try Interactions(userCount: 2, itemCount: 3, users: [2], items: [0], values: [1])
    }
    #expect(throws: ImplicitError.unequalColumns(users: 1, items: 1, values: 0)) {
      try Interactions(userCount: 2, itemCount: 3, users: [1], items: [0], values: [])
    }
    do {
      _ = try Interactions(userCount: 1, itemCount: 1, users: [0], items: [0], values: [.nan])
      Issue.record("a NaN was taken")
    } catch { #expect("\(error)" == "user 0 with item 0 has the value nan: must be a finite number") }
  }
}
