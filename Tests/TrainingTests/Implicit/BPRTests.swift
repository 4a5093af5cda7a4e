import Kernels
import Testing

@testable import Training

@Suite("Bayesian personalised ranking")
struct BPRTests {
  /// Two groups of users, each with half of the items.
  private func groups() throws -> Interactions {
    let pairs = (0..<20).flatMap { user in (0..<10).filter { ($0 + user) % 3 != 0 }.map { (user, 10 * (user % 2) + $0) }
    }
    return try Interactions(
      userCount: 20, itemCount: 20, users: pairs.map { UInt32($0.0) }, items: pairs.map { UInt32($0.1) },
      values: pairs.map { _ in 1 })
  }

  @Test("it learns to put a group's items above the other group's")
  func learns() throws {
    let data = try groups()
    var exact = try BayesianPersonalizedRanking<Double>(
      data, settings: BPRSettings(factors: 6, learningRate: 0.1), seed: 1)
    var fast = try BayesianPersonalizedRanking<Float>(
      data, settings: BPRSettings(factors: 6, learningRate: 0.1), seed: 1)
    let (first, start) = (try exact.runEpoch(), try fast.runEpoch())
    var (last, end) = (first, start)
    for _ in 0..<60 { (last, end) = (try exact.runEpoch(), try fast.runEpoch()) }
    let drawn = data.byUser.entryCount
    #expect(Double(last.correct) > 0.97 * Double(drawn - last.skipped) && last.correct > first.correct)
    #expect(Double(end.correct) > 0.97 * Double(drawn - end.skipped))
    #expect(ImplicitPack.rows(fast.users).allSatisfy { $0[6] == 1 })
  }

  @Test("unverified pairs are never skipped, even of one item with itself")
  func unverified() throws {
    let data = try Interactions(userCount: 1, itemCount: 1, users: [0], items: [0], values: [1])
    var model = try BayesianPersonalizedRanking<Double>(
      data, settings: BPRSettings(factors: 2, verifiesNegatives: false), seed: 1)
    #expect(try model.runEpoch() == .init(correct: 0, skipped: 0))
    var careful = try BayesianPersonalizedRanking<Double>(data, settings: BPRSettings(factors: 2), seed: 1)
    #expect(try careful.runEpoch() == .init(correct: 0, skipped: 1))
  }

  @Test("without interactions nothing happens; what cannot be learned is refused")
  func edges() throws {
    let none = try Interactions(userCount: 2, itemCount: 2, users: [], items: [], values: [])
    var model = try BayesianPersonalizedRanking<Float>(none, settings: BPRSettings(factors: 3), seed: 1)
    #expect(try model.runEpoch() == .init())
    #expect(ImplicitPack.rows(model.users) == [[0, 0, 0, 1], [0, 0, 0, 1]])
    for settings in [
      BPRSettings(factors: 0), BPRSettings(learningRate: 0), BPRSettings(learningRate: .nan),
      BPRSettings(regularization: -1),
    ] {
      #expect(throws: ImplicitError.self) { try BayesianPersonalizedRanking<Double>(none, settings: settings, seed: 1) }
    }
    var wild = try BayesianPersonalizedRanking<Float>(
      groups(), settings: BPRSettings(factors: 2, learningRate: 1e30, regularization: 1e30), seed: 1)
    #expect(throws: ImplicitError.self) { try wild.runEpoch() }
  }

  @Test("the stream stays below its count and reaches all of it")
  func stream() {
    for count in [UInt32(1), 3, 1000] {
      var sampler = PairSampler(seed: 5, count: count)
      let drawn = Set((0..<20_000).map { _ in sampler.next() })
      #expect(drawn == Set(0..<Int(count)))
    }
  }

  @Test("the stream is that of std::mt19937 and std::uniform_int_distribution<long>, refused draws included")
  func libraryStream() {
    var large = PairSampler(seed: 5, count: 3_000_000_000)
    let expected = [
      2_612_196_910, 2_493_983_519, 2_938_334_992, 1_465_233_569, 269_463_102, 1_835_231_584, 1_190_209_819,
      2_297_723_580,
    ]
    #expect((0..<8).map { _ in large.next() } == expected)
    var small = PairSampler(seed: 5, count: 1_000_000)
    #expect((0..<4).map { _ in small.next() } == [221_993, 55_180, 870_732, 831_327])
  }
}
