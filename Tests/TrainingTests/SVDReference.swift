import ParitySupport
import Testing

@testable import Training

/// The reference outputs of `surprise.SVD`, as ``ParityPack`` area `svd`.
struct SVDReference {
  struct Case: Decodable {
    struct Parameters: Decodable {
      var n_factors: Int
      var n_epochs: Int
      var biased: Bool
      var init_mean, init_std_dev: Double
      var lr_bu, lr_bi, lr_pu, lr_qi: Double
      var reg_bu, reg_bi, reg_pu, reg_qi: Double
    }

    struct Prediction: Decodable {
      var user, item: String
      var est, est_unclipped: Double
      var was_impossible: Bool
    }

    var params: Parameters
    var seed: UInt64
    var epochs_saved: [Int]
    var predictions: [Prediction]
    var train_rmse, train_mae: Double

    var settings: SVDSettings {
      var settings = SVDSettings()
      settings.factors = params.n_factors
      settings.isBiased = params.biased
      settings.initialMean = params.init_mean
      settings.initialDeviation = params.init_std_dev
      (settings.rates.userBias, settings.rates.tweetBias) = (params.lr_bu, params.lr_bi)
      (settings.rates.userFactors, settings.rates.tweetFactors) = (params.lr_pu, params.lr_qi)
      (settings.penalties.userBias, settings.penalties.tweetBias) = (params.reg_bu, params.reg_bi)
      (settings.penalties.userFactors, settings.penalties.tweetFactors) = (params.reg_pu, params.reg_qi)
      return settings
    }
  }

  struct Meta: Decodable {
    var n_users, n_items, n_ratings: Int
    var global_mean: Double
    var cases: [String: Case]
  }

  let pack: ParityPack
  let meta: Meta
  /// Surprise's inner number by the bytes of the raw id.
  let users, tweets: [[UInt8]: Int]
  /// The ratings in the order of the file. Rows are the inner numbers from the end, so that a test sees whether the
  /// order numbers by first engagement or by row.
  let order: FactorOrder

  init(_ pack: ParityPack) throws {
    self.pack = pack
    meta = try pack.json("svd/meta.json", as: Meta.self)
    users = try Self.numbers(pack, "svd/users.csv")
    tweets = try Self.numbers(pack, "svd/items.csv")
    var log = EngagementLog()
    for row in try pack.rows("svd/ratings.csv") {
      let user = try #require(users[Array(row[0].utf8)], "\(row[0])")
      let tweet = try #require(tweets[Array(row[1].utf8)], "\(row[1])")
      log.append(
        user: UInt32(users.count - 1 - user), tweet: UInt32(tweets.count - 1 - tweet),
        score: try #require(Double(row[2]), "\(row[2])"), time: 0)
    }
    order = FactorOrder(log: log, userCount: users.count, tweetCount: tweets.count)
  }

  private static func numbers(_ pack: ParityPack, _ path: String) throws -> [[UInt8]: Int] {
    var numbers: [[UInt8]: Int] = [:]
    for row in try pack.rows(path) {
      let number: Int = try #require(Int(row[0]), "\(row)")
      numbers[Array(row[1].utf8)] = number
    }
    return numbers
  }

  func user(_ name: String) -> Int? { users[Array(name.utf8)] }
  func tweet(_ name: String) -> Int? { tweets[Array(name.utf8)] }

  /// A matrix of the area, row by row.
  func matrix(_ name: String) throws -> [Double] { try pack.matrix("svd/\(name).csv").flatMap { $0 } }

  /// Rows of the grid of estimates: user, tweet, estimate before clipping.
  func grid(_ name: String) throws -> [(user: Int, tweet: Int, score: Double)] {
    try pack.rows("svd/\(name)_pred_grid.csv").map { row in
      let numbers = row.compactMap { Double($0) }
      try #require(numbers.count == 3, "\(row)")
      return (Int(numbers[0]), Int(numbers[1]), numbers[2])
    }
  }
}
