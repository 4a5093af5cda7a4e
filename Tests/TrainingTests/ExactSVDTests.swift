import ParitySupport
import Testing

@testable import Training

/// Agreement with `surprise.SVD`: order, starting values and parameters bit for bit. Estimates go through BLAS there, whose
/// order of additions depends on the CPU, so they agree to the last place of a number near 1.
@Suite("SVD against Surprise")
struct ExactSVDTests {
  private static let estimateTolerance = 4e-16

  @Test("users, tweets, visits and the mean are Surprise's", arguments: ParityPack.having("svd"))
  func order(pack: ParityPack) throws {
    let reference = try SVDReference(pack)
    let order = reference.order
    #expect(reference.users.count == reference.meta.n_users && reference.tweets.count == reference.meta.n_items)
    #expect(order.userRows == (0..<UInt32(reference.users.count)).reversed())
    #expect(order.tweetRows == (0..<UInt32(reference.tweets.count)).reversed())
    let rows = try pack.rows("svd/order.csv")
    #expect(rows.count == reference.meta.n_ratings && order.scores.count == rows.count)
    for (visit, row) in rows.enumerated() where visit < order.scores.count {
      let got = ["\(visit)", "\(order.users[visit])", "\(order.tweets[visit])"]
      let isSame = got == Array(row[..<3]) && Double(row[3]) == order.scores[visit]
      if !isSame { Issue.record("visit \(row): \(got), \(order.scores[visit])") }
    }
    #expect(order.meanScore == reference.meta.global_mean)
  }

  @Test("starting values and parameters after every saved epoch are the same bits", arguments: ParityPack.having("svd"))
  func parameters(pack: ParityPack) throws {
    let reference = try SVDReference(pack)
    #expect(Set(reference.meta.cases.keys) == ["default", "f5", "unbiased", "custom"])
    for (name, expected) in reference.meta.cases {
      let svd = ExactSVD(order: reference.order, settings: expected.settings, seed: expected.seed)
      #expect(try svd.userFactors == reference.matrix("\(name)_init_pu"), "\(name)")
      #expect(try svd.tweetFactors == reference.matrix("\(name)_init_qi"), "\(name)")
      for epoch in 1...expected.params.n_epochs {
        #expect(svd.runEpoch().isFinite)
        guard expected.epochs_saved.contains(epoch) else { continue }
        #expect(try svd.userBias == reference.matrix("\(name)_ep\(epoch)_bu"), "\(name) \(epoch)")
        #expect(try svd.tweetBias == reference.matrix("\(name)_ep\(epoch)_bi"), "\(name) \(epoch)")
        #expect(try svd.userFactors == reference.matrix("\(name)_ep\(epoch)_pu"), "\(name) \(epoch)")
        #expect(try svd.tweetFactors == reference.matrix("\(name)_ep\(epoch)_qi"), "\(name) \(epoch)")
      }
      #expect(svd.isFinite)
    }
  }

  @Test("estimates, known and unknown, clipped and not, are Surprise's", arguments: ParityPack.having("svd"))
  func predictions(pack: ParityPack) throws {
    let reference = try SVDReference(pack)
    for (name, expected) in reference.meta.cases {
      let svd = ExactSVD(order: reference.order, settings: expected.settings, seed: expected.seed)
      for _ in 0..<expected.params.n_epochs { _ = svd.runEpoch() }
      for row in expected.predictions {
        let got = svd.predict(user: reference.user(row.user), tweet: reference.tweet(row.item))
        #expect(got.isImpossible == row.was_impossible, "\(name) \(row)")
        #expect(abs(got.score - row.est_unclipped) <= Self.estimateTolerance, "\(name) \(row)")
        #expect(abs(got.score.clipped(to: 0...1) - row.est) <= Self.estimateTolerance, "\(name) \(row)")
      }
      var worst = 0.0
      for (user, tweet, score) in try reference.grid(name) {
        worst = max(worst, abs(svd.predict(user: user, tweet: tweet).score - score))
      }
      #expect(worst <= Self.estimateTolerance, "\(name)")
      let order = reference.order
      let errors = order.scores.indices.map { visit in
        svd.predict(user: Int(order.users[visit]), tweet: Int(order.tweets[visit])).score.clipped(to: 0...1)
          - order.scores[visit]
      }
      let count = Double(errors.count)
      #expect(abs((errors.reduce(0) { $0 + $1 * $1 } / count).squareRoot() - expected.train_rmse) < 1e-14)
      #expect(abs(errors.reduce(0) { $0 + abs($1) } / count - expected.train_mae) < 1e-14)
    }
  }

  @Test("floats from the same start stay within 1e-6 of it", arguments: ParityPack.having("svd"))
  func floats(pack: ParityPack) throws {
    let reference = try SVDReference(pack)
    for (name, expected) in reference.meta.cases {
      let svd = try #require(
        BiasedSVD(order: reference.order, settings: expected.settings, seed: expected.seed))
      let start = try reference.matrix("\(name)_init_pu").map { Float($0) }
      #expect(reference.users.values.sorted().flatMap { svd.userFactors($0) } == start, "\(name)")
      for _ in 0..<expected.params.n_epochs { _ = svd.runEpoch() }
      var worst = 0.0
      for (user, tweet, score) in try reference.grid(name) {
        worst = max(worst, abs(svd.predict(user: user, tweet: tweet).score - score))
      }
      #expect(worst < 1e-6, "\(name): \(worst)")
      for row in expected.predictions {
        let got = svd.predict(user: reference.user(row.user), tweet: reference.tweet(row.item))
        #expect(got.isImpossible == row.was_impossible && abs(got.score - row.est_unclipped) < 1e-6, "\(name) \(row)")
      }
    }
  }

  private struct Edge: Decodable {
    var name: String
    var seed: UInt64
    var factors, epochs: Int
    var users, tweets: [String]
    var scores: [Double]
    var mean: Double
    var bu, bi, pu, qi: [Double]
  }

  @Test("one user, one tweet, one rating, equal and zero scores train the same bits")
  func degenerateLogs() throws {
    let edges = try ParityPack.fixtures.json("svd/edge.json", as: [Edge].self)
    #expect(edges.count == 6)
    for edge in edges {
      func rows(_ names: [String]) -> [UInt32] {
        var known: [String: UInt32] = [:]
        return names.map { name in
          let row = known[name] ?? UInt32(known.count)
          known[name] = row
          return row
        }
      }
      let order = FactorOrder(
        users: rows(edge.users), tweets: rows(edge.tweets), scores: edge.scores, userCount: 30, tweetCount: 30)
      #expect(order.meanScore == edge.mean, "\(edge.name)")
      var settings = SVDSettings()
      settings.factors = edge.factors
      let svd = ExactSVD(order: order, settings: settings, seed: edge.seed)
      let floats = try #require(BiasedSVD(order: order, settings: settings, seed: edge.seed, threads: 2))
      for _ in 0..<edge.epochs {
        _ = svd.runEpoch()
        _ = floats.runEpoch()
      }
      #expect(svd.userBias == edge.bu && svd.tweetBias == edge.bi, "\(edge.name)")
      #expect(svd.userFactors == edge.pu && svd.tweetFactors == edge.qi, "\(edge.name)")
      #expect(floats.isFinite && abs(Double(floats.userBias(0)) - edge.bu[0]) < 0.01, "\(edge.name)")
    }
  }
}
