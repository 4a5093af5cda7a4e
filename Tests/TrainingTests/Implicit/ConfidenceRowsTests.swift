import Kernels
import Testing

@testable import Training

@Suite("Rows of confidences")
struct ConfidenceRowsTests {
  /// 40 users by 30 items with values drawn from these; no pair twice.
  private func interactions(_ values: [Float], seed: UInt64) throws -> Interactions {
    var generator = SeededGenerator(seed: seed)
    var (users, items, drawn) = ([UInt32](), [UInt32](), [Float]())
    for user in 0..<40 {
      for item in 0..<30 where generator.below(4) == 0 {
        users.append(UInt32(user))
        items.append(UInt32(item))
        drawn.append(values[generator.below(values.count)])
      }
    }
    return try Interactions(userCount: 40, itemCount: 30, users: users, items: items, values: drawn)
  }

  private func entries(_ rows: ConfidenceRows, _ row: Int) -> (pairs: [(UInt32, Float)], weighted: Int) {
    var (pairs, weighted) = ([(UInt32, Float)](), 0)
    rows.withEntries(ofRow: row) { entries in
      pairs = (0..<entries.count).map { (entries.columns[$0], entries.confidences[$0]) }
      weighted = entries.weightedCount
    }
    return (pairs, weighted)
  }

  @Test("confidences of 1 and −1 come last, each part in the order given")
  func order() throws {
    let given = try interactions([1, -1, 2, 0, -3, 0.5], seed: 1).byUser
    let (ordered, plain) = (ConfidenceRows(given, isOrdered: true), ConfidenceRows(given, isOrdered: false))
    for row in 0..<given.rowCount {
      let all = given.entries(ofRow: row).map { (given.columns[$0], given.values[$0]) }
      let (weighted, ones) = (all.filter { abs($0.1) != 1 }, all.filter { abs($0.1) == 1 })
      let found = entries(ordered, row)
      #expect(found.pairs.elementsEqual(weighted + ones, by: ==))
      #expect(found.weighted == weighted.count)
      let same = entries(plain, row)
      #expect(same.pairs.elementsEqual(all, by: ==))
      #expect(same.weighted == all.count)
    }
  }

  @Test(
    "confidences of 1, −1 and 0, alone and mixed, give in Float what the plain loops give in Double",
    arguments: [[1], [-1], [0], [1, -1], [1, 0], [1, 5], [-4, 0.25], [1, -1, 0, 2, -3, 0.5, 10]] as [[Float]])
  func specialConfidences(values: [Float]) throws {
    let data = try interactions(values, seed: 2)
    for solver in [ALSSettings.Solver.cholesky, .conjugateGradients(steps: 1), .conjugateGradients(steps: 3)] {
      let settings = ALSSettings(factors: 5, regularization: 4, solver: solver)
      var generator = SeededGenerator(seed: 3)
      let (users, items) = (
        (0..<200).map { _ in Float(generator.gaussian()) }, (0..<150).map { _ in Float(generator.gaussian()) }
      )
      var exact = try ALSFactors<Double>(
        data, settings: settings, users: users.map { Double($0) }, items: items.map { Double($0) })
      var fast = try ALSFactors<Float>(data, settings: settings, users: users, items: items)
      try exact.runIteration()
      try fast.runIteration()
      for (a, b) in [
        (ImplicitPack.rows(exact.users), ImplicitPack.rows(fast.users)),
        (ImplicitPack.rows(exact.items), ImplicitPack.rows(fast.items)),
      ] {
        #expect(ImplicitPack.difference(a, b) < 2e-5, "\(values) \(solver)")
      }
    }
  }
}
