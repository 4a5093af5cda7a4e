import ParitySupport
import Testing

@testable import Training

@Suite("Bayesian personalised ranking parity")
struct BPRParityTests {
  private struct Meta: Decodable {
    let factors: Int
    let learning_rate: Float
    let regularization: Float
    let iterations: Int
    let random_state: UInt64
    let rng_seed: UInt32
    let skipped: Int
    let correct: Int
  }

  private func settings(_ meta: Meta) -> BPRSettings {
    BPRSettings(factors: meta.factors, learningRate: meta.learning_rate, regularization: meta.regularization)
  }

  @Test("the stream of samples and the factors are implicit's", arguments: ParityPack.having("bpr"))
  func stream(pack: ParityPack) throws {
    let meta = try pack.json("bpr/meta.json", as: Meta.self)
    var model = try BayesianPersonalizedRanking<Double>(
      ImplicitPack.interactions(pack), settings: settings(meta),
      users: Array(pack.matrix("bpr/init_users.csv").joined()),
      items: Array(pack.matrix("bpr/init_items.csv").joined()),
      streamSeed: meta.rng_seed)
    var drawn: [[String]] = []
    var total = BayesianPersonalizedRanking<Double>.Epoch()
    for epoch in 0..<meta.iterations {
      let result = try model.runEpoch { user, liked, other, isSkipped in
        drawn.append(["\(epoch)", "\(user)", "\(liked)", "\(other)", isSkipped ? "1" : "0"])
      }
      total.correct += result.correct
      total.skipped += result.skipped
    }
    #expect(try drawn == pack.rows("bpr/samples.csv"))
    #expect(total == .init(correct: meta.correct, skipped: meta.skipped))
    let users = try ImplicitPack.difference(ImplicitPack.rows(model.users), pack.matrix("bpr/final_users.csv"))
    let items = try ImplicitPack.difference(ImplicitPack.rows(model.items), pack.matrix("bpr/final_items.csv"))
    #expect(users <= 1e-13 && items <= 1e-13, "\(users) \(items)")
  }

  @Test("one seed gives implicit's start, stream and end", arguments: ParityPack.having("bpr"))
  func seed(pack: ParityPack) throws {
    let meta = try pack.json("bpr/meta.json", as: Meta.self)
    var model = try BayesianPersonalizedRanking<Double>(
      ImplicitPack.interactions(pack), settings: settings(meta), seed: meta.random_state)
    #expect(try ImplicitPack.rows(model.users) == pack.matrix("bpr/init_users.csv"))
    #expect(try ImplicitPack.rows(model.items) == pack.matrix("bpr/init_items.csv"))
    for _ in 0..<meta.iterations { _ = try model.runEpoch() }
    #expect(try ImplicitPack.difference(ImplicitPack.rows(model.items), pack.matrix("bpr/final_items.csv")) <= 1e-13)
  }

  @Test("in Float the factors stay near those in Double", arguments: ParityPack.having("bpr"))
  func float(pack: ParityPack) throws {
    let meta = try pack.json("bpr/meta.json", as: Meta.self)
    let (users, items) = (try pack.matrix("bpr/init_users.csv"), try pack.matrix("bpr/init_items.csv"))
    var model = try BayesianPersonalizedRanking<Float>(
      ImplicitPack.interactions(pack), settings: settings(meta), users: users.joined().map { Float($0) },
      items: items.joined().map { Float($0) }, streamSeed: meta.rng_seed)
    for _ in 0..<meta.iterations { _ = try model.runEpoch() }
    #expect(try ImplicitPack.difference(ImplicitPack.rows(model.users), pack.matrix("bpr/final_users.csv")) <= 1e-6)
    #expect(try ImplicitPack.difference(ImplicitPack.rows(model.items), pack.matrix("bpr/final_items.csv")) <= 1e-6)
  }
}
