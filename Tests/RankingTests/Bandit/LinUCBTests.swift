import Kernels
import Testing

@testable import Ranking

/// LinUCB against the plain formula: invert A, multiply.
@Suite struct LinUCBTests {
  /// A = λI + Σ xxᵀ and b = Σ yx of one arm, solved by Gauss-Jordan elimination with pivoting.
  struct Plain {
    var a: [[Double]]
    var b: [Double]

    init(features: Int, regularisation: Double) {
      a = (0..<features).map { i in (0..<features).map { $0 == i ? regularisation : 0 } }
      b = [Double](repeating: 0, count: features)
    }

    mutating func add(_ x: [Double], _ y: Double) {
      for i in x.indices {
        b[i] += y * x[i]
        for j in x.indices { a[i][j] += x[i] * x[j] }
      }
    }

    func solve(_ right: [Double]) -> [Double] {
      var rows = zip(a, right).map { $0 + [$1] }
      for column in right.indices {
        let pivot = (column..<rows.count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
        rows.swapAt(column, pivot)
        for row in rows.indices where row != column {
          let factor = rows[row][column] / rows[column][column]
          for k in column...right.count { rows[row][k] -= factor * rows[column][k] }
        }
      }
      return rows.enumerated().map { $1[right.count] / $1[$0] }
    }

    func bound(_ x: [Double], alpha: Double) -> Double {
      let mean = zip(x, solve(b)).reduce(0) { $0 + $1.0 * $1.1 }
      let width = zip(x, solve(x)).reduce(0) { $0 + $1.0 * $1.1 }
      return mean + alpha * width.squareRoot()
    }
  }

  @Test("The rotated factors give the formula's bounds, for contexts of any length", arguments: [1, 2, 5, 12])
  func agreesWithFormula(features: Int) throws {
    var random = SeededGenerator(seed: UInt64(features))
    let arms = 3
    var bandit = try LinUCB(arms: arms, features: features, alpha: 1.5, regularisation: 0.3)
    var plain = [Plain](repeating: Plain(features: features, regularisation: 0.3), count: arms)
    for event in 0..<200 {
      // The last arm never learns; contexts lie near a line, which is hard on an inverse.
      let arm = random.below(arms - 1)
      let along = random.gaussian() * 10
      let context = (0..<features).map { _ in along + random.gaussian() * 0.1 }
      let reward = random.gaussian()
      try bandit.update(arm: arm, context: context, reward: reward)
      plain[arm].add(context, reward)
      guard event % 20 == 0 else { continue }
      let test = (0..<features).map { _ in random.gaussian() }
      let bounds = try bandit.expectations(test)
      for arm in 0..<arms {
        #expect(abs(bounds[arm] - plain[arm].bound(test, alpha: 1.5)) <= 1e-8 * max(1, abs(bounds[arm])))
      }
    }
  }

  @Test("The choice is the greatest bound, and certain")
  func choosesGreatest() throws {
    var bandit = try LinUCB(arms: 3, features: 2, alpha: 0, regularisation: 1)
    try bandit.update(arms: [1, 2], contexts: [1, 0, 0, 1], rewards: [1, 1])
    #expect(try bandit.choose([1, 0]) == ArmChoice(arm: 1, propensity: 1))
    #expect(try bandit.choose([0, 1]) == ArmChoice(arm: 2, propensity: 1))
    #expect(try bandit.choose([0, 0]).arm == 0)
  }

  @Test("The same huge context again and again neither overflows nor goes negative")
  func staysStable() throws {
    var bandit = try LinUCB(arms: 1, features: 2)
    try bandit.update(
      arms: [Int](repeating: 0, count: 2_000), contexts: [Double](repeating: 1e100, count: 4_000),
      rewards: [Double](repeating: 1, count: 2_000))
    let bound = try bandit.expectations([1e100, 1e100])[0]
    // The second direction is 100 orders of magnitude below rounding: near is all that can be asked.
    #expect(abs(bound - 1) < 0.2)
    #expect(try bandit.expectations([1, -1])[0].isFinite)
  }

  @Test("What it cannot learn from is named, and nothing of the batch is learned")
  func refuses() throws {
    #expect(throws: BanditError.noArms(count: 0)) { _ = try LinUCB(arms: 0, features: 1) }
    for (alpha, regularisation) in [(-1, 1), (.nan, 1), (1, 0), (1, -1), (1, .nan), (1, .infinity)] {
      #expect(throws: BanditError.self) {
        _ = try LinUCB(arms: 1, features: 1, alpha: alpha, regularisation: regularisation)
      }
    }
    #expect(throws: BanditError.self) { _ = try LinUCB(arms: 1, features: 0) }
    #expect(throws: BanditError.self) { _ = try LinUCB(arms: .max, features: 100) }
    var bandit = try LinUCB(arms: 2, features: 2)
    let before = try bandit.expectations([1, 1])
    func refused(_ arms: [Int], _ contexts: [Double], _ rewards: [Double], _ error: BanditError) {
      #expect(throws: error) { try bandit.update(arms: arms, contexts: contexts, rewards: rewards) }
    }
    refused([0, 2], [1, 1, 1, 1], [1, 1], .armOutOfRange(arm: 2, arms: 2, row: 1))
    refused([0, -1], [1, 1, 1, 1], [1, 1], .armOutOfRange(arm: -1, arms: 2, row: 1))
    refused([0, 1], [1, 1, 1, .infinity], [1, 1], .badContext(value: .infinity, position: 3))
    refused([0], [1], [1], .lengthMismatch(name: "context values", count: 1, expected: 2))
    refused([0], [1, 1], [], .lengthMismatch(name: "rewards", count: 0, expected: 1))
    #expect(throws: BanditError.self) { try bandit.update(arms: [0, 0], contexts: [1, 1, 1, 1], rewards: [1, .nan]) }
    #expect(throws: BanditError.self) { try bandit.update(arms: [0], contexts: [.nan, 1], rewards: [1]) }
    #expect(throws: BanditError.self) { _ = try bandit.choose([1]) }
    #expect(throws: BanditError.self) { _ = try bandit.expectations([1, 2, 3]) }
    #expect(try bandit.expectations([]) == [])
    #expect(try bandit.expectations([1, 1]) == before)
  }
}
