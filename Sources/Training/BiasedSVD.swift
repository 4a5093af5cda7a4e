import Kernels

/// Biased matrix factorisation by stochastic gradient descent: score ≈ mean + bᵤ + bₜ + pᵤ·qₜ.
///
/// The model of Koren, Bell and Volinsky ("Matrix Factorization Techniques for Recommender Systems", IEEE Computer
/// 2009) with the updates, the order of visits and the starting values of Surprise's `SVD`:
///
///     e = score − prediction
///     b ← b + rate (e − λ b)            for both biases
///     p ← p + rate (e q − λ p),  q ← q + rate (e p − λ q), with the old p in the second
///
/// Biases begin at 0, factors with N(0, 0.1), drawn for the users and then for the tweets, in ``FactorOrder``.
/// It is sequential: the same log, options and seed give the same bits on any number of threads.
struct BiasedSVD {
  /// Standard deviation of the factors before the first epoch.
  static let initialDeviation = 0.1

  let order: FactorOrder
  let mean: Float
  let factors: Int
  /// Vectors of eight floats per row; the last one is filled up with zeros, which no update changes.
  let width: Int
  var userBias: [Float]
  var tweetBias: [Float]
  var userFactors: [FactorBlocks.Block]
  var tweetFactors: [FactorBlocks.Block]

  /// The state before the first epoch.
  init(order: FactorOrder, mean: Double, factors: Int, seed: UInt64) {
    self.order = order
    self.mean = Float(mean)
    self.factors = factors
    width = FactorBlocks.width(ofFactors: factors)
    userBias = [Float](repeating: 0, count: order.userRows.count)
    tweetBias = [Float](repeating: 0, count: order.tweetRows.count)
    var generator = SeededGenerator(seed: seed)
    userFactors = Self.start(rows: order.userRows.count, factors: factors, &generator)
    tweetFactors = Self.start(rows: order.tweetRows.count, factors: factors, &generator)
  }

  private static func start(rows: Int, factors: Int, _ generator: inout SeededGenerator) -> [FactorBlocks.Block] {
    let width = FactorBlocks.width(ofFactors: factors)
    var table = [FactorBlocks.Block](repeating: .zero, count: rows * width)
    for row in 0..<rows {
      for factor in 0..<factors {
        table[row * width + factor / 8][factor % 8] = Float(initialDeviation * generator.gaussian())
      }
    }
    return table
  }

  /// Visits every engagement once. Returns the root of the mean squared error met on the way, each taken before its
  /// update; 0 for an empty log, not finite where the steps diverged.
  mutating func runEpoch(learningRate: Double, regularization: Double) -> Double {
    let (rate, decay) = (Float(learningRate), Float(regularization))
    let (order, mean, width) = (order, mean, width)
    var squares = 0.0
    userBias.withUnsafeMutableBufferPointer { userBias in
      tweetBias.withUnsafeMutableBufferPointer { tweetBias in
        userFactors.withUnsafeMutableBufferPointer { userFactors in
          tweetFactors.withUnsafeMutableBufferPointer { tweetFactors in
            guard let p = userFactors.baseAddress, let q = tweetFactors.baseAddress else { return }
            for visit in 0..<order.scores.count {
              let (user, tweet) = (Int(order.users[visit]), Int(order.tweets[visit]))
              let (pu, qt) = (p + user * width, q + tweet * width)
              let biases = mean + userBias[user] + tweetBias[tweet]
              let error = order.scores[visit] - (biases + FactorBlocks.dot(pu, qt, width: width))
              squares += Double(error) * Double(error)
              userBias[user] += rate * (error - decay * userBias[user])
              tweetBias[tweet] += rate * (error - decay * tweetBias[tweet])
              FactorBlocks.descend(pu, qt, width: width, error: error, rate: rate, decay: decay)
            }
          }
        }
      }
    }
    return order.scores.isEmpty ? 0 : (squares / Double(order.scores.count)).squareRoot()
  }

  /// Whether every bias and factor is a number.
  var isFinite: Bool {
    userBias.allSatisfy(\.isFinite) && tweetBias.allSatisfy(\.isFinite) && FactorBlocks.areFinite(userFactors)
      && FactorBlocks.areFinite(tweetFactors)
  }
}
