import Testing

@testable import Kernels

@Suite("Seeded random numbers")
struct SeededGeneratorTests {
  @Test("splitmix64 gives the numbers of its reference implementation")
  func splitMixReference() {
    var mixer = SplitMix64(state: 1_234_567)
    let got = (0..<5).map { _ in mixer.next() }
    #expect(
      got == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test("xoshiro256** gives the numbers of its reference implementation")
  func xoshiroReference() {
    var generator = SeededGenerator(seed: 0)
    (generator.s0, generator.s1, generator.s2, generator.s3) = (1, 2, 3, 4)
    let got = (0..<6).map { _ in generator.next() }
    #expect(
      got == [11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360, 607_988_272_756_665_600])
  }

  @Test("the same seed gives the same sequence, another seed another one")
  func seeds() {
    var first = SeededGenerator(seed: 7)
    var second = SeededGenerator(seed: 7)
    var other = SeededGenerator(seed: 8)
    let sequence = (0..<64).map { _ in first.next() }
    #expect(sequence == (0..<64).map { _ in second.next() })
    #expect(Set(sequence).isDisjoint(with: (0..<64).map { _ in other.next() }))
  }

  @Test("uniform numbers lie in [0, 1) and fill it evenly")
  func uniform() {
    var generator = SeededGenerator(seed: 1)
    var buckets = [Int](repeating: 0, count: 10)
    for _ in 0..<100_000 {
      let value = generator.uniform()
      #expect(value >= 0 && value < 1)
      buckets[min(Int(value * 10), 9)] += 1
    }
    // Standard deviation of a bucket is 95; five of them are a chance of one in a million.
    #expect(buckets.allSatisfy { abs($0 - 10_000) < 475 }, "\(buckets)")
  }

  @Test("gaussian numbers have mean 0, variance 1, no skew and the fourth moment of the normal distribution")
  func gaussian() {
    var generator = SeededGenerator(seed: 2)
    let count = 200_000
    let values = (0..<count).map { _ in generator.gaussian() }
    func moment(_ power: Int) -> Double {
      values.reduce(0) { sum, value in sum + (0..<power).reduce(1.0) { product, _ in product * value } } / Double(count)
    }
    #expect(abs(moment(1)) < 0.012)
    #expect(abs(moment(2) - 1) < 0.016)
    #expect(abs(moment(3)) < 0.05)
    #expect(abs(moment(4) - 3) < 0.12)
  }

  @Test("below(n) stays below n for every size of n, and is even where n does not divide 2^64")
  func below() {
    var generator = SeededGenerator(seed: 3)
    for n in [1, 2, 3, 10, 1 << 31, 1 << 40, Int.max] {
      for _ in 0..<200 {
        let value = generator.below(n)
        #expect(value >= 0 && value < n)
      }
    }
    var counts = [0, 0, 0]
    for _ in 0..<90_000 {
      // With n = 3·2^61 an unfair generator would favour two of the three thirds visibly.
      counts[generator.below(3 << 61) >> 61] += 1
    }
    #expect(counts.allSatisfy { abs($0 - 30_000) < 710 }, "\(counts)")
  }
}
