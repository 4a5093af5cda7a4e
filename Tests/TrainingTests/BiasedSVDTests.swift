import Foundation
import Kernels
import ParitySupport
import Testing

@testable import Training

/// The same method in plain Double loops, beginning from the same numbers.
private struct PlainSVD {
  var mean: Double
  var userBias: [Double]
  var tweetBias: [Double]
  var users: [[Double]]
  var tweets: [[Double]]

  init(_ svd: BiasedSVD, mean: Double) {
    self.mean = mean
    userBias = svd.userBias.map(Double.init)
    tweetBias = svd.tweetBias.map(Double.init)
    func rows(_ table: [SIMD8<Float>], _ count: Int) -> [[Double]] {
      (0..<count).map { row in
        (0..<svd.factors).map { Double(table[row * svd.width + $0 / 8][$0 % 8]) }
      }
    }
    users = rows(svd.userFactors, svd.userBias.count)
    tweets = rows(svd.tweetFactors, svd.tweetBias.count)
  }

  mutating func runEpoch(_ visits: [(user: Int, tweet: Int, score: Double)], rate: Double, decay: Double) -> Double {
    var squares = 0.0
    for (user, tweet, score) in visits {
      let dot = zip(users[user], tweets[tweet]).reduce(0) { $0 + $1.0 * $1.1 }
      let error = score - (mean + userBias[user] + tweetBias[tweet] + dot)
      squares += error * error
      userBias[user] += rate * (error - decay * userBias[user])
      tweetBias[tweet] += rate * (error - decay * tweetBias[tweet])
      for factor in users[user].indices {
        let (p, q) = (users[user][factor], tweets[tweet][factor])
        users[user][factor] += rate * (error * q - decay * p)
        tweets[tweet][factor] += rate * (error * p - decay * q)
      }
    }
    return (squares / Double(visits.count)).squareRoot()
  }
}

private func randomLog(users: Int, tweets: Int, count: Int, seed: UInt64) -> EngagementLog {
  var generator = SeededGenerator(seed: seed)
  var log = EngagementLog()
  for _ in 0..<count {
    log.append(
      user: UInt32(generator.below(users)), tweet: UInt32(generator.below(tweets)),
      score: [0.6, 0.8, 1][generator.below(3)], time: 0)
  }
  return log
}

@Suite("Biased SVD")
struct BiasedSVDTests {
  @Test("users are visited by first engagement, their engagements in the order of the log")
  func order() {
    var log = EngagementLog()
    for (user, tweet, score) in [(4, 1, 0.1), (2, 3, 0.2), (4, 3, 0.3), (2, 3, 0.4), (0, 1, 0.5)] {
      log.append(user: UInt32(user), tweet: UInt32(tweet), score: score, time: 0)
    }
    let order = FactorOrder(log: log, userCount: 6, tweetCount: 5)
    #expect(order.userRows == [4, 2, 0])
    #expect(order.tweetRows == [1, 3])
    #expect(order.users == [0, 0, 1, 1, 2])
    #expect(order.tweets == [0, 1, 1, 1, 0])
    #expect(order.scores == [0.1, 0.3, 0.2, 0.4, 0.5])
  }

  @Test("any number of factors gives what plain loops give", arguments: [1, 3, 7, 8, 9, 20, 64])
  func againstPlainLoops(factors: Int) {
    let log = randomLog(users: 30, tweets: 40, count: 400, seed: UInt64(factors))
    let order = FactorOrder(log: log, userCount: 30, tweetCount: 40)
    var svd = BiasedSVD(order: order, mean: log.meanScore, factors: factors, seed: 1)
    var plain = PlainSVD(svd, mean: log.meanScore)
    let visits = (0..<log.count).map { (Int(order.users[$0]), Int(order.tweets[$0]), Double(order.scores[$0])) }
    for _ in 0..<20 {
      let error = svd.runEpoch(learningRate: 0.02, regularization: 0.05)
      let expected = plain.runEpoch(visits, rate: 0.02, decay: 0.05)
      #expect(abs(error - expected) < 1e-5)
    }
    let ends = PlainSVD(svd, mean: 0)
    for (got, want) in [(ends.userBias, plain.userBias), (ends.tweetBias, plain.tweetBias)] {
      #expect(zip(got, want).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    for (got, want) in [(ends.users, plain.users), (ends.tweets, plain.tweets)] {
      #expect(zip(got.joined(), want.joined()).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    for table in [svd.userFactors, svd.tweetFactors] where factors % 8 != 0 {
      let padding = stride(from: svd.width - 1, to: table.count, by: svd.width).map { table[$0][7] }
      #expect(padding.allSatisfy { $0 == 0 }, "the filling of the last vector stays zero")
    }
  }

  @Test("a planted low-rank matrix is recovered on entries never shown")
  func plantedMatrix() {
    var generator = SeededGenerator(seed: 77)
    let (users, tweets, rank) = (60, 80, 2)
    let p = (0..<users * rank).map { _ in generator.gaussian() }
    let q = (0..<tweets * rank).map { _ in generator.gaussian() }
    let userBias = (0..<users).map { _ in 0.3 * generator.gaussian() }
    func truth(_ user: Int, _ tweet: Int) -> Double {
      2 + userBias[user] + p[user * 2] * q[tweet * 2] + p[user * 2 + 1] * q[tweet * 2 + 1]
    }
    var log = EngagementLog()
    var hidden: [(user: Int, tweet: Int)] = []
    for user in 0..<users {
      for tweet in 0..<tweets {
        if generator.uniform() < 0.5 {
          log.append(user: UInt32(user), tweet: UInt32(tweet), score: truth(user, tweet), time: 0)
        } else {
          hidden.append((user, tweet))
        }
      }
    }
    let order = FactorOrder(log: log, userCount: users, tweetCount: tweets)
    var svd = BiasedSVD(order: order, mean: log.meanScore, factors: 4, seed: 3)
    var errors: [Double] = []
    for _ in 0..<80 { errors.append(svd.runEpoch(learningRate: 0.02, regularization: 0.01)) }
    #expect(errors[79] < 0.1 * errors[0])
    let learned = PlainSVD(svd, mean: log.meanScore)
    let numberOfUser = Dictionary(uniqueKeysWithValues: order.userRows.enumerated().map { (Int($1), $0) })
    let numberOfTweet = Dictionary(uniqueKeysWithValues: order.tweetRows.enumerated().map { (Int($1), $0) })
    var squares = 0.0
    for (user, tweet) in hidden {
      let (u, t) = (numberOfUser[user] ?? 0, numberOfTweet[tweet] ?? 0)
      let dot = zip(learned.users[u], learned.tweets[t]).reduce(0) { $0 + $1.0 * $1.1 }
      let error = truth(user, tweet) - (learned.mean + learned.userBias[u] + learned.tweetBias[t] + dot)
      squares += error * error
    }
    #expect((squares / Double(hidden.count)).squareRoot() < 0.2)
  }

  @Test("starting factors have mean 0 and deviation 0.1, and follow from the seed")
  func start() {
    let order = FactorOrder(
      log: randomLog(users: 200, tweets: 200, count: 2000, seed: 4), userCount: 200, tweetCount: 200)
    let svd = BiasedSVD(order: order, mean: 0, factors: 64, seed: 10)
    let values = PlainSVD(svd, mean: 0).users.joined()
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    #expect(abs(mean) < 0.005)
    #expect(abs(variance.squareRoot() - 0.1) < 0.005)
    #expect(BiasedSVD(order: order, mean: 0, factors: 64, seed: 10).tweetFactors == svd.tweetFactors)
    #expect(BiasedSVD(order: order, mean: 0, factors: 64, seed: 11).tweetFactors != svd.tweetFactors)
  }

  @Test("Surprise's factors come out after the same epochs, to the precision of Float")
  func referenceFactors() throws {
    let folder = (ParityPack.large?.folder.path ?? "") + "/svd/"
    guard FileManager.default.fileExists(atPath: folder + "order.csv") else { return }
    func table(_ name: String) throws -> [[Double]] {
      try String(contentsOfFile: folder + name, encoding: .utf8).split(separator: "\n").map { line in
        line.split(separator: ",").compactMap { Double($0) }
      }
    }
    var log = EngagementLog()
    for row in try table("order.csv").dropFirst() {
      log.append(user: UInt32(row[1]), tweet: UInt32(row[2]), score: row[3], time: 0)
    }
    let (users, tweets) = (try table("default_init_pu.csv"), try table("default_init_qi.csv"))
    let order = FactorOrder(log: log, userCount: users.count, tweetCount: tweets.count)
    #expect(order.userRows == (0..<UInt32(users.count)).map { $0 })
    var svd = BiasedSVD(order: order, mean: log.meanScore, factors: 100, seed: 0)
    for (number, row) in users.enumerated() {
      for factor in 0..<100 { svd.userFactors[number * svd.width + factor / 8][factor % 8] = Float(row[factor]) }
    }
    // The reference numbers tweets by the file's order, FactorOrder by first visit.
    for (number, row) in order.tweetRows.enumerated() {
      for factor in 0..<100 {
        svd.tweetFactors[number * svd.width + factor / 8][factor % 8] = Float(tweets[Int(row)][factor])
      }
    }
    for _ in 0..<20 { _ = svd.runEpoch(learningRate: 0.005, regularization: 0.02) }
    let ends = PlainSVD(svd, mean: 0)
    let (wantUsers, wantTweets) = (try table("default_ep20_pu.csv"), try table("default_ep20_qi.csv"))
    let (wantUserBias, wantTweetBias) = (try table("default_ep20_bu.csv"), try table("default_ep20_bi.csv"))
    #expect(zip(ends.userBias, wantUserBias.joined()).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(zip(ends.users.joined(), wantUsers.joined()).allSatisfy { abs($0 - $1) < 1e-5 })
    for (number, row) in order.tweetRows.enumerated() {
      #expect(abs(ends.tweetBias[number] - wantTweetBias[Int(row)][0]) < 1e-5)
      #expect(zip(ends.tweets[number], wantTweets[Int(row)]).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }
}
