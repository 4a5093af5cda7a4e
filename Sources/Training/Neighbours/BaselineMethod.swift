/// How baselines are fitted; the defaults are those of Surprise's `bsl_options`.
package enum BaselineMethod: Sendable, Equatable {
  /// Alternating least squares: all items given the users, then all users given the items.
  case leastSquares(epochs: Int = 10, userPenalty: Double = 15, itemPenalty: Double = 10)
  /// Stochastic gradient descent over the ratings in the order of ``RatingSet/byUser``.
  case gradientDescent(epochs: Int = 20, penalty: Double = 0.02, learningRate: Double = 0.005)

  /// Refuses negative epochs and penalties, and numbers that are not finite.
  func validate() throws(NeighbourError) {
    let epochs: Int
    let numbers: [(String, Double)]
    switch self {
    case .leastSquares(let count, let user, let item):
      (epochs, numbers) = (count, [("userPenalty", user), ("itemPenalty", item)])
    case .gradientDescent(let count, let penalty, let rate):
      (epochs, numbers) = (count, [("penalty", penalty), ("learningRate", rate)])
    }
    if epochs < 0 { throw .badOption(name: "epochs", value: "\(epochs)", reason: "must be at least 0") }
    for (name, value) in numbers where !value.isFinite || value < 0 {
      throw .badOption(name: name, value: "\(value)", reason: "must be at least 0")
    }
  }
}
