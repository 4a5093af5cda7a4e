import Kernels
import Testing

@testable import Ranking

@Suite("Stored recommendations")
struct StoredRecommendationsTests {
  private static func random(_ count: Int, seed: UInt64) -> StoredRecommendations {
    var generator = SeededGenerator(seed: seed)
    return StoredRecommendations(
      modelHash: generator.next(), madeAtSeconds: Int64(bitPattern: generator.next()),
      tweetIDs: (0..<count).map { _ in generator.next() }, scores: (0..<count).map { _ in Float(generator.gaussian()) })
  }

  private static func read(_ bytes: [UInt8]) -> StoredRecommendations? { bytes.withUnsafeBytes { .init($0) } }

  @Test("come back as they were, of any length up to the longest", arguments: [0, 1, 2, 3, 10, 99, 1_000, 5_000])
  func roundTrip(count: Int) {
    let list = Self.random(count, seed: UInt64(count))
    #expect(list.bytes.count == 40 + 12 * count)
    #expect(Self.read(list.bytes) == list)
  }

  @Test("the bytes are those of the documented layout")
  func layout() {
    let list = StoredRecommendations(modelHash: 0x0102_0304_0506_0708, madeAtSeconds: 5, tweetIDs: [9], scores: [1])
    let expected: [UInt8] =
      Array("APRL".utf8) + [1, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1, 5, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
      + [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F]
    #expect(Array(list.bytes.dropLast(8)) == expected)
  }

  @Test("cut anywhere, or with bytes after the end, they are refused")
  func truncations() {
    let bytes = Self.random(20, seed: 1).bytes
    for length in 0..<bytes.count { #expect(Self.read(Array(bytes.prefix(length))) == nil, "\(length) bytes") }
    for more in 1...64 { #expect(Self.read(bytes + [UInt8](repeating: 0, count: more)) == nil) }
  }

  @Test("with any bit flipped they are refused")
  func flips() {
    let bytes = Self.random(7, seed: 2).bytes
    for index in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << bit
        #expect(Self.read(damaged) == nil, "bit \(bit) of byte \(index)")
      }
    }
  }

  @Test("bytes that have nothing to do with it are refused, whatever count they claim", arguments: 0..<50)
  func garbage(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var bytes = (0..<generator.below(300)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    #expect(Self.read(bytes) == nil)
    // Behind a sound beginning, too.
    let start = Self.random(0, seed: seed).bytes.prefix(24)
    if bytes.count > start.count { bytes.replaceSubrange(0..<start.count, with: start) }
    #expect(Self.read(bytes) == nil)
  }

  @Test("keys name the model and the user in hexadecimal of a fixed width")
  func keys() {
    #expect(StoredRecommendations.key(modelHash: 0xAB, userID: .max) == "rec:00000000000000ab:ffffffffffffffff")
    let (one, other) = (StoredRecommendations.modelHash(version: "a"), StoredRecommendations.modelHash(version: "b"))
    #expect(one != other && one == StoredRecommendations.modelHash(version: "a"))
  }
}
