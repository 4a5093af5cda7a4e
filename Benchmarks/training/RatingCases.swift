import Kernels
import Training

/// What is learned from explicit ratings: matrix factorisation and neighbours.
struct RatingCases {
  private let users: [UInt32]
  private let items: [UInt32]
  private let scores: [Double]
  /// Ratings that were not learned from, with their scores.
  private let heldOut: [[Double]]
  private let watch: Stopwatch
  private static let scale = 1.0...5.0
  private static let epochs = 20

  init(input: InputFolder, watch: Stopwatch) throws {
    let columns = try input.columns("ratings.tsv", count: 3)
    users = columns[0].map { UInt32($0) }
    items = columns[1].map { UInt32($0) }
    scores = columns[2]
    heldOut = try input.columns("ratings-held-out.tsv", count: 3)
    self.watch = watch
  }

  /// From the columns to the factors after the last epoch, in Float.
  func svd(threads: Int) throws -> Measurement {
    let order = order()
    let (seconds, svd) = try watch.best {
      guard let svd = BiasedSVD(order: order, settings: settings, seed: 7, threads: threads) else {
        throw BenchmarkError.outOfMemory
      }
      for _ in 0..<Self.epochs { _ = svd.runEpoch() }
      return svd
    }
    return Measurement(seconds: seconds, quality: rmse(order) { svd.predict(user: $0, tweet: $1) })
  }

  /// The same in Double, with Surprise's own bits.
  func exactSVD() throws -> Measurement {
    let order = order()
    let (seconds, svd) = try watch.best {
      let svd = ExactSVD(order: order, settings: settings, seed: 7)
      for _ in 0..<Self.epochs { _ = svd.runEpoch() }
      return svd
    }
    return Measurement(seconds: seconds, quality: rmse(order) { svd.predict(user: $0, tweet: $1) })
  }

  /// The cosines of all pairs of items.
  func similarities(_ parallel: Parallel) throws -> Measurement {
    let set = try RatingSet(users: users, items: items, scores: scores)
    let options = SimilarityOptions(.cosine, between: .items)
    let (seconds, _) = try watch.best { try SimilarityMatrix(set, options, parallel: parallel) }
    let count = Double(set.rows(of: .items).count)
    return Measurement(seconds: seconds, quality: ["similarities": count * count])
  }

  /// One prediction from the 40 nearest items.
  func neighbourPredictions(_ parallel: Parallel) throws -> Measurement {
    let set = try RatingSet(users: users, items: items, scores: scores)
    let options = SimilarityOptions(.cosine, between: .items)
    let model = try NeighbourModel(set, .basic, similarity: options, limit: 40, parallel: parallel)
    let wantedUsers = heldOut[0].map { UInt32(set.user(row: UInt32($0)) ?? Int(UInt32.max)) }
    let wantedItems = heldOut[1].map { UInt32(set.item(row: UInt32($0)) ?? Int(UInt32.max)) }
    let (seconds, estimates) = try watch.best {
      model.predict(users: wantedUsers, items: wantedItems, scale: Self.scale)
    }
    let squares = zip(estimates, heldOut[2]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let error = (squares / Double(estimates.count)).squareRoot()
    return Measurement(seconds: seconds / Double(estimates.count), quality: ["held-out RMSE": error])
  }

  private var settings: SVDSettings {
    var settings = SVDSettings()
    settings.factors = 100
    return settings
  }

  private func order() -> FactorOrder {
    FactorOrder(
      users: users, tweets: items, scores: scores, userCount: Int(users.max() ?? 0) + 1,
      tweetCount: Int(items.max() ?? 0) + 1)
  }

  private func rmse(_ order: FactorOrder, _ predict: (Int?, Int?) -> FactorPrediction) -> [String: Double] {
    let userNumbers = Dictionary(uniqueKeysWithValues: order.userRows.enumerated().map { ($1, $0) })
    let itemNumbers = Dictionary(uniqueKeysWithValues: order.tweetRows.enumerated().map { ($1, $0) })
    var squares = 0.0
    for row in heldOut[0].indices {
      let estimate = predict(userNumbers[UInt32(heldOut[0][row])], itemNumbers[UInt32(heldOut[1][row])])
      let error = estimate.score.clipped(to: Self.scale) - heldOut[2][row]
      squares += error * error
    }
    return ["held-out RMSE": (squares / Double(heldOut[0].count)).squareRoot()]
  }
}
