import Foundation
import Kernels
import Testing

@testable import Training

@Suite("Biased SVD")
struct BiasedSVDTests {
  private func settings(factors: Int, rate: Double = 0.02, penalty: Double = 0.05) -> SVDSettings {
    var settings = SVDSettings()
    settings.factors = factors
    settings.rates = FactorTerms(all: rate)
    settings.penalties = FactorTerms(all: penalty)
    return settings
  }

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
    #expect(order.meanScore == 0.3)
  }

  @Test("any number of factors gives what plain loops give", arguments: [1, 3, 7, 8, 9, 16, 20, 64, 100])
  func againstPlainLoops(factors: Int) throws {
    let order = randomOrder(users: 30, tweets: 40, count: 400, seed: UInt64(factors))
    for isBiased in [true, false] {
      var settings = settings(factors: factors)
      settings.isBiased = isBiased
      settings.rates.tweetFactors = 0.03
      settings.penalties.userFactors = 0.01
      settings.rates.userBias = 0.04
      settings.penalties.tweetBias = 0.2
      let svd = try #require(BiasedSVD(order: order, settings: settings, seed: 1))
      var plain = PlainSVD(svd)
      for _ in 0..<20 {
        #expect(abs(svd.runEpoch() - plain.runEpoch(order, settings)) < 1e-5)
      }
      #expect(PlainSVD(svd).distance(to: plain) < 1e-5)
      #expect(abs(svd.predict(user: 3, tweet: 2).score - plain.predict(3, 2)) < 1e-5)
    }
  }

  @Test(
    "penalties of any strength, with scales that shrink away, are those of plain loops",
    arguments: [0, 1e-9, 0.3, 0.9, 0.999_999])
  func strongPenalties(decay: Double) throws {
    let order = randomOrder(users: 5, tweets: 4, count: 3000, seed: 8)
    let settings = settings(factors: 12, rate: 0.01, penalty: decay / 0.01)
    let svd = try #require(BiasedSVD(order: order, settings: settings, seed: 5))
    var plain = PlainSVD(svd)
    for _ in 0..<3 { #expect(abs(svd.runEpoch() - plain.runEpoch(order, settings)) < 1e-5) }
    #expect(PlainSVD(svd).distance(to: plain) < 1e-5)
  }

  @Test("one user's engagements with one tweet, again and again, are those of plain loops")
  func repeatedPair() throws {
    var log = EngagementLog()
    for index in 0..<60 { log.append(user: 0, tweet: UInt32(index / 20), score: Double(index % 5) / 4, time: 0) }
    let order = FactorOrder(log: log, userCount: 1, tweetCount: 3)
    let svd = try #require(BiasedSVD(order: order, settings: settings(factors: 10), seed: 5))
    var plain = PlainSVD(svd)
    for _ in 0..<10 { #expect(abs(svd.runEpoch() - plain.runEpoch(order, svd.settings)) < 1e-5) }
    #expect(PlainSVD(svd).distance(to: plain) < 1e-5)
  }

  @Test("a planted low-rank matrix is recovered on entries never shown", arguments: [1, 3])
  func plantedMatrix(threads: Int) throws {
    var generator = SeededGenerator(seed: 77)
    let (users, tweets) = (60, 80)
    let p = (0..<users * 2).map { _ in generator.gaussian() }
    let q = (0..<tweets * 2).map { _ in generator.gaussian() }
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
    let settings = settings(factors: 4, rate: 0.02, penalty: 0.01)
    let svd = try #require(BiasedSVD(order: order, settings: settings, seed: 3, threads: threads))
    let errors = (0..<80).map { _ in svd.runEpoch() }
    #expect(errors[79] < 0.1 * errors[0])
    var squares = 0.0
    for (user, tweet) in hidden {
      let numbers = (order.userRows.firstIndex(of: UInt32(user)), order.tweetRows.firstIndex(of: UInt32(tweet)))
      let error = truth(user, tweet) - svd.predict(user: numbers.0, tweet: numbers.1).score
      squares += error * error
    }
    #expect((squares / Double(hidden.count)).squareRoot() < 0.2)
  }

  @Test("starting factors are numpy's normals in their order, users first, and follow from the seed")
  func start() throws {
    let order = randomOrder(users: 50, tweets: 60, count: 2000, seed: 4)
    for threads in [1, 3] {
      let svd = try #require(BiasedSVD(order: order, settings: settings(factors: 11), seed: 10, threads: threads))
      var random = NumPyRandomState(seed: 10)
      func draw() -> [Float] { (0..<11).map { _ in Float(random.normal(mean: 0, deviation: 0.1)) } }
      for user in order.userRows.indices { #expect(svd.userFactors(user) == draw() && svd.userBias(user) == 0) }
      for tweet in order.tweetRows.indices { #expect(svd.tweetFactors(tweet) == draw() && svd.tweetBias(tweet) == 0) }
      let other = try #require(BiasedSVD(order: order, settings: settings(factors: 11), seed: 11, threads: threads))
      #expect(other.userFactors(0) != svd.userFactors(0))
    }
  }

  @Test("every number of threads gives the same bits again, and one as good", arguments: [1, 2, 3, 7, 100])
  func threads(count: Int) throws {
    let order = randomOrder(users: 40, tweets: 70, count: 3000, seed: 6)
    func trained(_ threads: Int) throws -> (state: PlainSVD, error: Double) {
      let svd = try #require(BiasedSVD(order: order, settings: settings(factors: 24), seed: 9, threads: threads))
      let errors = (0..<15).map { _ in svd.runEpoch() }
      return (PlainSVD(svd), errors[14])
    }
    let (sequential, first, again) = (try trained(1), try trained(count), try trained(count))
    #expect(first.state.distance(to: again.state) == 0 && first.error == again.error)
    #expect(abs(first.error / sequential.error - 1) < 0.03)
    #expect((first.state.distance(to: sequential.state) == 0) == (count == 1))
  }

  @Test("steps too long end in an error that is no number or in parameters that are none")
  func divergence() throws {
    let order = randomOrder(users: 20, tweets: 20, count: 400, seed: 2)
    let svd = try #require(BiasedSVD(order: order, settings: settings(factors: 8, rate: 40, penalty: 0.02), seed: 1))
    let errors = (0..<20).map { _ in svd.runEpoch() }
    #expect(!errors.allSatisfy(\.isFinite) || !svd.isFinite)
    let exact = ExactSVD(order: order, settings: settings(factors: 8, rate: 40, penalty: 0.02), seed: 1)
    let exactErrors = (0..<20).map { _ in exact.runEpoch() }
    #expect(!exactErrors.allSatisfy(\.isFinite) && !exact.isFinite)
  }

  @Test("an empty log has no error and no mean")
  func emptyLog() throws {
    let order = FactorOrder(log: EngagementLog(), userCount: 3, tweetCount: 3)
    let svd = try #require(BiasedSVD(order: order, settings: SVDSettings(), seed: 1, threads: 2))
    #expect(svd.runEpoch() == 0 && svd.isFinite)
    #expect(svd.predict(user: nil, tweet: nil) == FactorPrediction(score: 0, isImpossible: false))
    let exact = ExactSVD(order: order, settings: SVDSettings(), seed: 1)
    #expect(exact.runEpoch() == 0 && exact.isFinite && exact.userFactors.isEmpty)
  }
}
