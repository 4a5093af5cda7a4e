import Kernels

/// LinUCB with an arm of its own for each choice: a ridge regression of reward on context per arm, and a bonus for
/// contexts in a direction that the arm has seen little of (Li, Chu, Langford and Schapire, "A Contextual-Bandit
/// Approach to Personalized News Article Recommendation", WWW 2010, algorithm 1; MABWiser's `LinUCB`, and `LinGreedy`
/// for ``means(_:)``).
///
/// With A = λ·I + Σ x·xᵀ and b = Σ y·x of an arm's events, the bound is x·A⁻¹b + α·√(x·A⁻¹x). Neither A nor its inverse
/// is kept, but the Cholesky factor A = L·Lᵀ and z = L⁻¹b, which an event changes by d rotations (Golub and Van Loan,
/// "Matrix Computations", section 6.5, with b carried along as in QR least squares). With v = L⁻¹x the bound is
/// v·z + α·|v|: it can never be the root of a negative number, however long the arm has learned.
///
/// An arm without events has A = λ·I, as in the paper; MABWiser starts with A⁻¹ = λ·I, which agrees for λ = 1 only.
package struct LinUCB: Sendable {
  /// Length of a context.
  package let features: Int
  /// Number of arms.
  package let arms: Int
  /// Weight of the bonus, at least 0.
  package let alpha: Double
  /// λ, above 0.
  package let regularisation: Double
  /// Per arm: the columns of L one after another, each from its diagonal down, features·(features + 1)/2 numbers.
  private var factors: [Double]
  /// Per arm: z, `features` numbers.
  private var targets: [Double]
  private var triangle: Int { features * (features + 1) / 2 }

  /// Arms without events; throws for no arm, no feature, or parameters outside their ranges.
  package init(arms: Int, features: Int, alpha: Double = 1, regularisation: Double = 1) throws(BanditError) {
    guard arms > 0 else { throw .noArms(count: arms) }
    guard features > 0, features <= 4096 else {
      throw .badParameter(name: "features", value: Double(features), reason: "not in 1 to 4096")
    }
    guard alpha.isFinite, alpha >= 0 else {
      throw .badParameter(name: "alpha", value: alpha, reason: "not a finite number of at least 0")
    }
    guard (1e-100...BanditError.greatest).contains(regularisation) else {
      throw .badParameter(name: "regularisation", value: regularisation, reason: "not in 1e-100 to 1e100")
    }
    guard arms <= Self.greatestMemory / (features * (features + 1) / 2) else {
      throw .badParameter(name: "arms", value: Double(arms), reason: "more than 2^31 numbers of state")
    }
    self.arms = arms
    self.features = features
    self.alpha = alpha
    self.regularisation = regularisation
    let triangle = features * (features + 1) / 2
    factors = [Double](repeating: 0, count: arms * triangle)
    targets = [Double](repeating: 0, count: arms * features)
    let diagonal = regularisation.squareRoot()
    for arm in 0..<arms {
      var place = arm * triangle
      for column in 0..<features {
        factors[place] = diagonal
        place += features - column
      }
    }
  }

  /// Learns from one choice. O(features²).
  package mutating func update(arm: Int, context: [Double], reward: Double) throws(BanditError) {
    try update(arms: [arm], contexts: context, rewards: [reward])
  }

  /// Learns from a batch whose contexts lie row after row; after an error nothing of it has been learned.
  ///
  /// - Complexity: O(rows · features²).
  package mutating func update(arms batch: [Int], contexts: [Double], rewards: [Double]) throws(BanditError) {
    guard rewards.count == batch.count else {
      throw .lengthMismatch(name: "rewards", count: rewards.count, expected: batch.count)
    }
    try check(contexts, rows: batch.count)
    for row in batch.indices {
      try ArmStatistics.check(arm: batch[row], arms: arms, row: row)
      try BanditError.check(reward: rewards[row], row: row)
    }
    var work = [Double](repeating: 0, count: features)
    for row in batch.indices {
      for feature in 0..<features { work[feature] = contexts[row * features + feature] }
      rotate(arm: batch[row], context: &work, reward: rewards[row])
    }
  }

  /// The ridge regression's prediction of each arm for each context row, arms fastest: rows × arms.
  package func means(_ contexts: [Double]) throws(BanditError) -> [Double] {
    try bounds(contexts, bonus: 0)
  }

  /// The upper bound of each arm for each context row, arms fastest: rows × arms. O(rows · arms · features²).
  package func expectations(_ contexts: [Double]) throws(BanditError) -> [Double] {
    try bounds(contexts, bonus: alpha)
  }

  /// The arm with the greatest bound, the first of several.
  package func choose(_ context: [Double]) throws(BanditError) -> ArmChoice {
    try check(context, rows: 1)
    return ArmChoice(arm: try expectations(context).firstGreatest, propensity: 1)
  }

  private func check(_ contexts: [Double], rows: Int) throws(BanditError) {
    guard contexts.count == rows * features else {
      throw .lengthMismatch(name: "context values", count: contexts.count, expected: rows * features)
    }
    for position in contexts.indices where !(contexts[position].magnitude <= BanditError.greatest) {
      throw .badContext(value: contexts[position], position: position)
    }
  }

  private static let greatestMemory = 1 << 31

  /// Adds `context · contextᵀ` to A and `reward · context` to b by d plane rotations; uses up `context`.
  private mutating func rotate(arm: Int, context: inout [Double], reward: Double) {
    let features = features
    let start = arm * triangle
    let targetStart = arm * features
    factors.withUnsafeMutableBufferPointer { factors in
      targets.withUnsafeMutableBufferPointer { targets in
        context.withUnsafeMutableBufferPointer { context in
          // The arm has been checked, so its numbers are there.
          guard let factors = factors.baseAddress, let targets = targets.baseAddress,
            let context = context.baseAddress
          else { return }
          Triangle.rotate(factors + start, targets + targetStart, by: context, target: reward, size: features)
        }
      }
    }
  }

  private func bounds(_ contexts: [Double], bonus: Double) throws(BanditError) -> [Double] {
    let rows = contexts.count / features
    try check(contexts, rows: rows)
    var result = [Double](repeating: 0, count: rows * arms)
    var v = [Double](repeating: 0, count: features)
    for row in 0..<rows {
      for arm in 0..<arms {
        for feature in 0..<features { v[feature] = contexts[row * features + feature] }
        let (mean, width) = solve(arm: arm, &v)
        result[row * arms + arm] = mean + bonus * width
      }
    }
    return result
  }

  /// Turns x into v = L⁻¹x and returns v·z and |v|.
  private func solve(arm: Int, _ x: inout [Double]) -> (mean: Double, width: Double) {
    let features = features
    let start = arm * triangle
    let targetStart = arm * features
    return factors.withUnsafeBufferPointer { factors in
      targets.withUnsafeBufferPointer { targets in
        x.withUnsafeMutableBufferPointer { x in
          guard let factors = factors.baseAddress, let targets = targets.baseAddress, let x = x.baseAddress else {
            return (0, 0)
          }
          Triangle.solve(factors + start, x, size: features)
          var mean = 0.0
          var squares = 0.0
          for k in 0..<features {
            mean += x[k] * targets[targetStart + k]
            squares += x[k] * x[k]
          }
          return (mean, squares.squareRoot())
        }
      }
    }
  }
}
