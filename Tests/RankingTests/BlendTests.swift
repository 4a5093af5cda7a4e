import Kernels
import Testing

@testable import Ranking

@Suite("The blend")
struct BlendTests {
  private static func column(_ make: () -> Float) -> [Float] { Signal.timeless.map { _ in make() } }

  /// Any numbers that a model file may hold.
  private static func anyBlend(using generator: inout SeededGenerator) -> ModelFixture {
    var fixture = ModelFixture.random(seed: 1)
    func power() -> Float { Float(pow10(Double(generator.below(7)) - 3)) }
    fixture.weights = column { Float(generator.gaussian()) * power() }
    fixture.means = column { Float(generator.gaussian()) * power() }
    fixture.scales = column { (0.1 + Float(generator.uniform())) * power() }
    fixture.bounds = column { 0.1 + 10 * Float(generator.uniform()) }
    fixture.weights[generator.below(5)] = generator.below(2) == 0 ? 0 : -0.0
    return fixture
  }

  private static func pow10(_ exponent: Double) -> Double {
    (0..<Int(abs(exponent))).reduce(1) { power, _ in exponent < 0 ? power / 10 : power * 10 }
  }

  /// Values of a signal, the hostile ones among them.
  private static func anyValue(using generator: inout SeededGenerator) -> Float {
    let special: [Float] = [
      .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0, -0.0, .leastNonzeroMagnitude,
    ]
    return generator.below(4) == 0 ? special[generator.below(special.count)] : Float(4 * generator.gaussian())
  }

  @Test("sums contributions from left to right exactly to the score, each held within bound times weight")
  func contributionsSumExactly() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<12 {
      let fixture = Self.anyBlend(using: &generator)
      let desk = Desk(try fixture.model())
      let scratch = desk.scratch
      scratch.count = 200
      for s in Signal.timeless.indices {
        for i in 0..<200 { scratch.values(s)[i] = Self.anyValue(using: &generator) }
      }
      desk.model.blend.apply(to: scratch)
      for i in 0..<200 {
        let parts = Signal.timeless.indices.map { scratch.contributions($0)[i] }
        #expect(parts.dropFirst().reduce(parts[0], +).bitPattern == scratch.scores[i].bitPattern)
        #expect(scratch.scores[i].isFinite)
        for s in parts.indices {
          let (weight, bound) = (Double(fixture.weights[s]), Double(fixture.bounds[s]))
          #expect(abs(Double(parts[s])) <= abs(weight) * bound * (1 + 1e-6))
          let value = Double(scratch.values(s)[i])
          guard value.isFinite else { continue }
          let exact = (value - Double(fixture.means[s])) / Double(fixture.scales[s])
          let expected = weight * max(-bound, min(bound, exact))
          // The difference from the mean is rounded before it is scaled.
          let rounding = 1e-6 * abs(weight) * (bound + abs(Double(fixture.means[s]) / Double(fixture.scales[s])))
          #expect(abs(Double(parts[s]) - expected) <= rounding + 1e-30, "signal \(s) of value \(value)")
        }
      }
    }
  }

  @Test("takes what is not a number for the worst, whatever the sign of the weight")
  func notANumber() throws {
    for weight: Float in [2, -2] {
      var fixture = ModelFixture.random(seed: 1)
      fixture.weights[0] = weight
      let desk = Desk(try fixture.model())
      desk.scratch.count = 1
      desk.scratch.values(0)[0] = .nan
      desk.model.blend.apply(to: desk.scratch)
      #expect(desk.scratch.contributions(0)[0] == -20)
    }
  }

  @Test("in the neutral form leaves the values as they are")
  func neutral() throws {
    let fixture = ModelFixture.random(seed: 2)
    let desk = Desk(try Model(fixture.tensors(), blend: .neutral))
    var generator = SeededGenerator(seed: 2)
    desk.score(SignalTests.question(fixture, user: fixture.userIDs[0], using: &generator))
    for s in Signal.timeless.indices {
      #expect((0..<desk.scratch.count).allSatisfy { desk.scratch.contributions(s)[$0] == desk.scratch.values(s)[$0] })
    }
  }

  @Test("is read from the file as it was written")
  func read() throws {
    var generator = SeededGenerator(seed: 5)
    let fixture = Self.anyBlend(using: &generator)
    let blend = try fixture.model().blend
    #expect(blend.weights == fixture.weights && blend.means == fixture.means)
    #expect(blend.scales == fixture.scales && blend.bounds == fixture.bounds)
  }

  @Test("of a model that is still in training need not be in the file")
  func override() throws {
    var fixture = ModelFixture.random(seed: 1)
    for name in [ModelSchema.Tensor.blendWeight, ModelSchema.Tensor.blendMean] { fixture.omit(name) }
    fixture.metadata[ModelSchema.Metadata.signals] = nil
    #expect(try Model(fixture.tensors(), blend: .neutral).blend.weights == Signal.timeless.map { _ in 1 })
    #expect(throws: ModelError.self) { try fixture.model() }
  }
}
