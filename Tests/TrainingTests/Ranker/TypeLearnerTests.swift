import Glibc
import Kernels
import Ranking
import Testing

@testable import Training

@Suite("Engagement types")
struct TypeLearnerTests {
  private static let width = 3
  private static let blend = MomentBlend(
    signals: [.age, .length, .topics], means: [0, 0, 0], scales: [1, 1, 1], stepOffsets: [0, 0, 0, 0], edges: [],
    fresh: .init(slopes: [0, 0, 0], steps: [], offset: 0), evergreen: .init(slopes: [0, 0, 0], steps: [], offset: 0),
    evergreenAge: 1e9)

  /// Types drawn with odds that rise with the first signal for type 1 and fall with the second for type 2.
  private static func examples(_ count: Int, strength: Double, seed: UInt64 = 3) -> TypeExamples {
    var generator = SeededGenerator(seed: seed)
    var examples = TypeExamples(width: width)
    for _ in 0..<count {
      let x = (0..<width).map { _ in Float(generator.gaussian()) }
      let odds = [0, strength * Double(x[0]), -strength * Double(x[1]) - 1].map { exp($0) }
      var point = generator.uniform() * odds.reduce(0, +)
      var type = 0
      while type < 2, point >= odds[type] {
        point -= odds[type]
        type += 1
      }
      examples.append(type: UInt8(type)) { x[$0] }
    }
    return examples
  }

  private static let names = ["like", "reply", "hide"]

  private static func learn(
    _ examples: TypeExamples, names: [String] = names, worth: [Double] = [1, 1, -1], threads: Int = 1
  ) -> TypeLearner.Result {
    TypeLearner(blend: blend, parallel: Parallel(threads: threads)).learn(examples, names: names, worth: worth)
  }

  @Test("what draws the types is found again: slopes, offsets, and by how much it tells them apart")
  func recovery() {
    let result = Self.learn(Self.examples(40_000, strength: 1.5))
    #expect(result.types.names == ["hide", "like", "reply"] && result.types.rejections == [true, false, false])
    // Only differences between types are determined.
    let slopes = result.types.slopes
    func difference(_ a: Int, _ b: Int, _ s: Int) -> Float { slopes[a * 3 + s] - slopes[b * 3 + s] }
    #expect(abs(difference(2, 1, 0) - 1.5) < 0.1 && abs(difference(2, 1, 1)) < 0.1)
    #expect(abs(difference(0, 1, 1) + 1.5) < 0.1 && abs(difference(0, 1, 2)) < 0.1)
    #expect(abs(result.types.offsets[0] - result.types.offsets[1] + 1) < 0.1)
    #expect(result.entropy.signals < 0.85 * result.entropy.shares)
    #expect(result.counts.reduce(0, +) == 40_000)
  }

  @Test("where signals say nothing of the type, its share is all that is kept")
  func noise() {
    let result = Self.learn(Self.examples(600, strength: 0, seed: 9))
    #expect(result.entropy.signals >= result.entropy.shares)
    #expect(result.types.slopes.allSatisfy { $0 == 0 })
    let total = Double(result.counts.reduce(3, +))
    let odds = result.types.offsets.map { exp(Double($0)) }
    for k in 0..<3 { #expect(abs(odds[k] / odds.reduce(0, +) - Double(result.counts[k] + 1) / total) < 1e-6) }
  }

  @Test("rare types are pooled, nameless ones too; what is rare even then is left out")
  func pooling() {
    var examples = TypeExamples(width: Self.width)
    // 0: 100 likes; 1: 20 of a rare type; 2: 15 without a name.
    for row in 0..<135 { examples.append(type: row < 100 ? 0 : row < 120 ? 1 : 2) { _ in Float(row % 7) } }
    let pooled = Self.learn(examples, names: ["like", "rare", ""], worth: [1, 1, 1])
    #expect(pooled.types.names == ["like", "other"] && pooled.counts == [100, 35])
    var few = TypeExamples(width: Self.width)
    for row in 0..<110 { few.append(type: row < 100 ? 0 : 1) { _ in Float(row % 7) } }
    #expect(Self.learn(few, names: ["like", "rare"], worth: [1, 1]).types == .none)
    #expect(Self.learn(few, names: ["", ""], worth: [1, 1]).types == .none, "one type is none")
    #expect(Self.learn(TypeExamples(width: 3), names: [], worth: []).types == .none)
    // Nothing but rejections: there is no engagement to be worth anything.
    #expect(Self.learn(pooledRejections(), names: ["hide", "report"], worth: [-1, -1]).types == .none)
  }

  private func pooledRejections() -> TypeExamples {
    var examples = TypeExamples(width: Self.width)
    for row in 0..<200 { examples.append(type: UInt8(row % 2)) { _ in Float(row % 5) } }
    return examples
  }

  @Test("the same bits on any number of threads")
  func threads() {
    let examples = Self.examples(5_000, strength: 1)
    let alone = Self.learn(examples).types
    for threads in [2, 3] { #expect(Self.learn(examples, threads: threads).types == alone) }
  }

  @Test("what is scored at 0 or below is a rejection: not folded, not a positive; unless nothing is above 0")
  func rejections() throws {
    let fixture = try MomentWorldFixture(hasTypes: true)
    let order = EventOrder(fixture.data)
    let scores = fixture.data.log.scores
    #expect(!order.rejections.isEmpty && order.rejections.allSatisfy { scores[$0] < 0 })
    #expect(order.engagements.count + order.rejections.count == scores.count)
    let (facts, tags, terms) = try fixture.facts()
    let history = History(facts: facts, people: fixture.data.users.count, tags: tags, terms: terms)
    var replay = Replay(fixture.data, order: order, history: history)
    replay.advance(before: nil)
    let folded = (0..<fixture.data.users.count).reduce(0) { $0 + history.engagementsMade(by: UInt32($1)) }
    #expect(folded == order.engagements.count)
    var without = fixture.data
    without.log = fixture.data.log.filter { scores[$0] < 0 }
    #expect(EventOrder(without).rejections.isEmpty)
  }

  @Test("names of types: what cannot be typed on a command line, and what comes too late, is 'other'")
  func names() {
    var names = EngagementTypeNames()
    func number(_ name: String) -> UInt8 {
      var name = name
      return name.withUTF8 { names.number(of: UnsafeRawBufferPointer($0)) }
    }
    #expect(names.number(of: nil) == 0 && number("") == 0 && number("like") == 1 && number("like") == 1)
    let other = number("a,b")
    #expect(other == number("with space") && other == number(String(repeating: "x", count: 33)))
    for index in 0..<400 { _ = number("t\(index)") }
    #expect(number("t399") == other && number("t0") != other && names.names.count == 250)
  }
}
