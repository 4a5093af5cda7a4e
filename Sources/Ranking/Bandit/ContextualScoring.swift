/// The regression of a ``ContextualState``, solved: what ranking needs of it, in floats. Made by whoever learns, then
/// shared by all workers.
///
/// With A = λ·I + Σ x·xᵀ and b = λ·e + Σ r·x, where r is in engagements and e picks out the estimate, θ = A⁻¹b: ridge
/// regression towards "a trial brings what the estimate says" instead of towards 0. A candidate's mean is θ·x and its
/// width √(x·A⁻¹x) = |L⁻¹x| with A = L·Lᵀ (Li, Chu, Langford and Schapire, "A Contextual-Bandit Approach to
/// Personalized News Article Recommendation", WWW 2010, with one regression for all arms).
public struct ContextualScoring: Sendable, Equatable {
  /// Whether there was a trial to learn from.
  let hasLearned: Bool
  /// θ. [features]
  let coefficients: [Float]
  /// L⁻¹, the lower triangle row by row.
  let inverse: [Float]

  /// Solves the regression.
  ///
  /// - Complexity: O(features³).
  public init(_ state: ContextualState, _ term: ContextualTerm, rewards: RewardWeights = RewardWeights()) {
    let count = ContextualFeatures.count
    let ridge = Double(term.priorTrials)
    hasLearned = state.trials > 0
    var lower = state.matrix
    for k in 0..<count { lower[k][k] += ridge }
    // Sums of a log that is not a server's may have wrapped around: a pivot is never below λ, where that of any real
    // sum cannot be.
    for column in 0..<count {
      let pivot = max(ridge, lower[column][column]).squareRoot()
      lower[column][column] = pivot
      for row in column + 1..<count { lower[row][column] /= pivot }
      for row in column + 1..<count {
        for other in column + 1...row { lower[row][other] -= lower[row][column] * lower[other][column] }
      }
    }
    var inverse = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for column in 0..<count {
      for row in column..<count {
        var sum = row == column ? 1.0 : 0
        for k in column..<row { sum -= lower[row][k] * inverse[k][column] }
        inverse[row][column] = sum / lower[row][row]
      }
    }
    var targets = state.rewards(rewards).map { $0 / Double(term.engagementReward) }
    targets[ContextualFeatures.estimate] += ridge
    // θ = L⁻ᵀ·(L⁻¹·b).
    let half = inverse.map { row in zip(row, targets).reduce(0) { $0 + $1.0 * $1.1 } }
    coefficients = (0..<count).map { column in
      Float((column..<count).reduce(0) { $0 + inverse[$1][column] * half[$1] })
    }
    self.inverse = (0..<count).flatMap { row in inverse[row][0...row].map { Float($0) } }
  }
}
