import Kernels
import ParitySupport
import Testing

/// Agreement with numpy's own streams. Uniform numbers and integers are the same bits; normals go through the C library's
/// logarithm, which may differ by a unit in the last place between its versions.
@Suite("numpy's random numbers")
struct NumPyStreamTests {
  private struct Streams: Decodable {
    var uint32: [UInt32]
    var random_sample: [Double]
    var normals: [Double]
    var normal_index_2000: Double
    var default_rng_random_f64: [Double]
    var default_rng_random_f32: [Double]
    var default_rng_raw_u64: [String]
    // The project's own pack has these too.
    var sums_of_samples: [String: Double]?
    var default_rng_integers_1000: [Int]?
    var default_rng_integers_2_40: [String]?

    enum CodingKeys: String, CodingKey {
      case uint32, random_sample, normal_index_2000, default_rng_random_f64, default_rng_random_f32, default_rng_raw_u64
      case normals = "normal_0_0.1_first20"
      case sums_of_samples, default_rng_integers_1000, default_rng_integers_2_40
    }
  }

  private func streams(_ pack: ParityPack) throws -> [(seed: UInt64, streams: Streams)] {
    try pack.json("rng/numpy.json", as: [String: Streams].self).map { (try #require(UInt64($0)), $1) }
  }

  private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= b.ulp }

  @Test("RandomState gives numpy's bits, uniform numbers and normals", arguments: ParityPack.having("rng"))
  func randomState(pack: ParityPack) throws {
    let all = try streams(pack)
    #expect(all.count >= 4)
    for (seed, expected) in all {
      let fresh = NumPyRandomState(seed: seed)
      var random = fresh
      #expect(expected.uint32.map { _ in random.next() } == expected.uint32, "\(seed)")
      random = fresh
      #expect(expected.random_sample.map { _ in random.uniform() } == expected.random_sample, "\(seed)")
      random = fresh
      let normals = (0...2000).map { _ in random.normal(mean: 0, deviation: 0.1) }
      #expect(expected.normals.count == 20)
      #expect(zip(normals, expected.normals).allSatisfy { isNear($0, $1) }, "\(seed)")
      #expect(isNear(normals[2000], expected.normal_index_2000), "\(seed)")
    }
  }

  @Test("default_rng gives numpy's bits, doubles and floats", arguments: ParityPack.having("rng"))
  func defaultGenerator(pack: ParityPack) throws {
    for (seed, expected) in try streams(pack) {
      let fresh = PCG64Generator(seed: seed)
      var random = fresh
      #expect(expected.default_rng_raw_u64.map { _ in "\(random.next() as UInt64)" } == expected.default_rng_raw_u64)
      random = fresh
      #expect(expected.default_rng_random_f64.map { _ in random.uniform() } == expected.default_rng_random_f64)
      random = fresh
      let floats = expected.default_rng_random_f32.map { _ in Double(random.uniformFloat()) }
      #expect(floats == expected.default_rng_random_f32, "\(seed)")
    }
  }

  @Test("integers in a range are default_rng's")
  func integers() throws {
    for (seed, expected) in try streams(.fixtures) {
      let lemire = try #require(expected.default_rng_integers_1000)
      let wideLemire = try #require(expected.default_rng_integers_2_40)
      let bound = (1 << 40) - 7
      var generator = PCG64Generator(seed: seed)
      #expect(lemire.map { _ in generator.below(1000) } == lemire, "\(seed)")
      generator = PCG64Generator(seed: seed)
      #expect(wideLemire.map { _ in "\(generator.below(bound))" } == wideLemire, "\(seed)")
    }
  }

  @Test("a range of one number draws nothing, a range of 2^32 takes 32 bits as they are")
  func rangesAtTheEdge() {
    var (generator, twin) = (PCG64Generator(seed: 3), PCG64Generator(seed: 3))
    #expect(generator.below(1) == 0)
    #expect(generator.below(1 << 32) == Int(twin.nextHalf()))
  }

  @Test("sums of doubles are numpy's bits")
  func sums() throws {
    for (seed, expected) in try streams(.fixtures) {
      let sums = try #require(expected.sums_of_samples)
      #expect(sums.count == 5)
      for (count, sum) in sums {
        var random = NumPyRandomState(seed: seed)
        let values = (0..<(Int(count) ?? 0)).map { _ in random.uniform() }
        #expect(values.withUnsafeBufferPointer { NumPySum.sum($0) } == sum, "\(seed), \(count)")
      }
    }
  }

  @Test("numpy's sum adds up to the sum, at every length", arguments: [0, 1, 7, 8, 9, 127, 128, 129, 300, 5000])
  func pairwiseSum(count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    let values = (0..<count).map { _ in random.gaussian() }
    let sum = values.withUnsafeBufferPointer { NumPySum.sum($0) }
    #expect(abs(sum - values.reduce(0, +)) < 1e-11)
    if count < 8 { #expect(sum == values.reduce(0, +)) }
    #expect(values.withUnsafeBufferPointer(NumPySum.mean) == (count == 0 ? 0 : sum / Double(count)))
  }
}
