/// What is to be expected of a rating from who gives it and what it is given to: mean + b_u + b_i (Koren, "Factor in
/// the Neighbors", ACM TKDD 2010, section 2.1).
package struct Baselines: Sendable {
  /// Mean rating.
  package let mean: Double
  /// [users] b_u, by the numbers of the ``RatingSet``.
  package private(set) var users: [Double]
  /// [items] b_i.
  package private(set) var items: [Double]

  /// Fits the baselines; equal to Surprise's `baseline_als` and `baseline_sgd` to the last bit.
  /// - Throws: ``NeighbourError/badOption(name:value:reason:)``.
  /// - Complexity: O(epochs · ratings).
  package init(_ ratings: RatingSet, method: BaselineMethod = .leastSquares()) throws(NeighbourError) {
    try method.validate()
    mean = ratings.mean
    users = [Double](repeating: 0, count: ratings.userCount)
    items = [Double](repeating: 0, count: ratings.itemCount)
    switch method {
    case .leastSquares(let epochs, let userPenalty, let itemPenalty):
      for _ in 0..<epochs {
        Self.solve(&items, given: users, ratings.byItem, mean: mean, penalty: itemPenalty)
        Self.solve(&users, given: items, ratings.byUser, mean: mean, penalty: userPenalty)
      }
    case .gradientDescent(let epochs, let penalty, let learningRate):
      for _ in 0..<epochs { descend(ratings.byUser, penalty: penalty, learningRate: learningRate) }
    }
  }

  /// b = Σ (r − mean − b_other) / (penalty + n), for each owner of ratings.
  private static func solve(
    _ biases: inout [Double], given others: [Double], _ lists: RatingLists, mean: Double, penalty: Double
  ) {
    for owner in biases.indices {
      var sum = 0.0
      let entries = lists.entries(of: owner)
      for entry in entries { sum += lists.scores[entry] - mean - others[Int(lists.others[entry])] }
      biases[owner] = sum / (penalty + Double(entries.count))
    }
  }

  private mutating func descend(_ lists: RatingLists, penalty: Double, learningRate: Double) {
    for user in users.indices {
      for entry in lists.entries(of: user) {
        let item = Int(lists.others[entry])
        let error = lists.scores[entry] - (mean + users[user] + items[item])
        users[user] += learningRate * (error - penalty * users[user])
        items[item] += learningRate * (error - penalty * items[item])
      }
    }
  }

  /// Biases of those of `side`.
  package func biases(of side: RatingSide) -> [Double] { side == .users ? users : items }
  /// Biases of what those of `side` are compared by.
  package func biases(opposite side: RatingSide) -> [Double] { side == .users ? items : users }
}
