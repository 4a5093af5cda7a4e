import Glibc
import Kernels
import Testing

@testable import Ranking

/// Algorithm 1 of the paper as it stands there, weights computed anew for every example.
private struct PaperFTRL {
  let rates: LearningRates
  var z: [Double]
  var n: [Double]

  init(dimensions: Int, rates: LearningRates) {
    self.rates = rates
    z = .init(repeating: 0, count: dimensions)
    n = z
  }

  func weight(_ i: Int) -> Double {
    guard abs(z[i]) > rates.l1 else { return 0 }
    let sign: Double = z[i] < 0 ? -1 : 1
    return -1 / ((rates.beta + sqrt(n[i])) / rates.alpha + rates.l2) * (z[i] - sign * rates.l1)
  }

  /// The prediction before the update. `x` ends with the bias input 1.
  mutating func train(_ x: [Double], base: Double, label: Double) -> Double {
    let w = x.indices.map { weight($0) }
    let p = 1 / (1 + exp(-(base + zip(w, x).map(*).reduce(0, +))))
    for i in x.indices where x[i] != 0 {
      let g = (p - label) * x[i]
      let sigma = (sqrt(n[i] + g * g) - sqrt(n[i])) / rates.alpha
      z[i] += g - sigma * w[i]
      n[i] += g * g
    }
    return p
  }
}

/// Examples of `inputs` standard signals, a tenth of them missing; those in `planted` decide about the label.
private struct Traffic {
  let inputs: Int
  let planted: [Int: Double]
  var generator: SeededGenerator

  init(inputs: Int, planted: [Int: Double], seed: UInt64 = 9) {
    (self.inputs, self.planted, generator) = (inputs, planted, SeededGenerator(seed: seed))
  }

  mutating func next() -> (x: [Float], base: Float, isPositive: Bool) {
    let x = (0..<inputs).map { _ in
      generator.uniform() < 0.1 ? 0 : Float((0..<12).reduce(-6.0) { sum, _ in sum + generator.uniform() })
    }
    let base = Float(generator.uniform() * 2 - 2)
    let truth = planted.reduce(Double(base)) { $0 + $1.value * Double(x[$1.key]) }
    return (x, base, generator.uniform() < 1 / (1 + exp(-truth)))
  }
}

extension FTRLProximal {
  fileprivate mutating func learn(_ example: (x: [Float], base: Float, isPositive: Bool)) {
    example.x.withUnsafeBufferPointer { learn($0, base: example.base, isPositive: example.isPositive) }
  }
}

@Suite("FTRL-Proximal")
struct FTRLProximalTests {
  @Test(
    "weights and predictions are those of the paper's algorithm",
    arguments: [
      LearningRates(), LearningRates(alpha: 0.5, beta: 0.1, l1: 0, l2: 0),
      LearningRates(alpha: 0.1, beta: 1, l1: 3, l2: 2), LearningRates(alpha: 1, beta: 10, l1: 0.5, l2: 40),
    ])
  func paper(rates: LearningRates) {
    var traffic = Traffic(inputs: 7, planted: [1: 0.8, 4: -0.5])
    var ours = FTRLProximal(inputs: 7, rates: rates)
    var paper = PaperFTRL(dimensions: 8, rates: rates)
    for _ in 0..<2_000 {
      let example = traffic.next()
      let p = example.x.withUnsafeBufferPointer { ours.probability($0, base: example.base) }
      let expected = paper.train(
        example.x.map { Double($0) } + [1], base: Double(example.base), label: example.isPositive ? 1 : 0)
      #expect(abs(p - expected) < 1e-12)
      ours.learn(example)
    }
    for i in 0..<8 { #expect(abs(ours.weights[i] - paper.weight(i)) < 1e-10) }
    #expect(ours.weights.contains { $0 != 0 })
  }

  @Test("L1 keeps the weights of signals that tell nothing at exactly 0 and finds those that tell")
  func sparsity() {
    let planted = [3: 1.0, 10: -0.7]
    func learned(l1: Double) -> [Int] {
      var traffic = Traffic(inputs: 40, planted: planted)
      var learner = FTRLProximal(inputs: 40, rates: LearningRates(alpha: 0.1, beta: 1, l1: l1, l2: 0))
      for _ in 0..<5_000 { learner.learn(traffic.next()) }
      for (i, truth) in planted where learner.weights[i] != 0 { #expect(learner.weights[i] * truth > 0) }
      return (0..<40).filter { learner.weights[$0] != 0 }
    }
    #expect(learned(l1: 0).count == 40)
    #expect(learned(l1: 150) == [3, 10])
    #expect(learned(l1: 10_000).isEmpty)
  }

  @Test("a correction is within its bound whatever it is taught, and never a NaN")
  func bounded() {
    var generator = SeededGenerator(seed: 4)
    var learner = FTRLProximal(inputs: 3, rates: LearningRates(alpha: 1, beta: 0.001, l1: 0, l2: 0))
    let bases: [Float] = [0, 1e6, -1e6, 1e-30, .greatestFiniteMagnitude, -.greatestFiniteMagnitude]
    for round in 0..<20_000 {
      let x = (0..<3).map { _ in Float(generator.uniform() * 12 - 6) }
      learner.learn((x, bases[round % bases.count], generator.uniform() < 0.5))
      let correction = x.withUnsafeBufferPointer { learner.correction($0) }
      #expect(abs(correction) <= FTRLProximal.largestCorrection)
    }
  }

  @Test("going on with other rates, weights stay as they were")
  func otherRates() {
    var traffic = Traffic(inputs: 6, planted: [0: 1, 1: -1])
    let old = LearningRates(alpha: 0.1, beta: 1, l1: 12, l2: 0)
    var learner = FTRLProximal(inputs: 6, rates: old)
    for _ in 0..<1_000 { learner.learn(traffic.next()) }
    #expect(learner.weights.contains(0) && learner.weights.contains { $0 != 0 })
    for rates in [
      old, LearningRates(alpha: 0.01, beta: 5, l1: 0, l2: 3), LearningRates(alpha: 1, beta: 1, l1: 50, l2: 0),
    ] {
      var next = FTRLProximal(squares: learner.squares, pulls: learner.pulls, learnedWith: old, rates: rates)
      #expect(next.weights == learner.weights)
      // Also once they are computed anew: a gradient of next to nothing changes next to nothing.
      let ones = [Float](repeating: 1, count: 6)
      ones.withUnsafeBufferPointer { next.step($0, slope: 1e-12) }
      for (a, b) in zip(next.weights, learner.weights) { #expect(abs(a - b) < 1e-9) }
    }
  }

  @Test("rates out of their range are refused by name")
  func refusals() {
    for (rates, name) in [
      (LearningRates(alpha: 0, beta: 1, l1: 0, l2: 0), "learn-rate"),
      (LearningRates(alpha: .nan, beta: 1, l1: 0, l2: 0), "learn-rate"),
      (LearningRates(alpha: 0.1, beta: 0, l1: 0, l2: 0), "learn-beta"),
      (LearningRates(alpha: 0.1, beta: 1, l1: -1, l2: 0), "learn-l1"),
      (LearningRates(alpha: 0.1, beta: 1, l1: 0, l2: .infinity), "learn-l2"),
    ] {
      do throws(StepError) {
        try rates.check()
        Issue.record("\(rates) passed")
      } catch { #expect("\(error)".hasPrefix(name)) }
    }
    #expect(throws: Never.self) { try LearningRates().check() }
  }
}
