import Kernels
import Testing

@testable import Ranking

@Suite("Top tweets")
struct TopTweetsTests {
  /// Rows by descending value, ties by smaller id (which is the smaller row).
  private static func sorted(_ values: [Double]) -> [UInt32] {
    values.indices.sorted { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }.map { UInt32($0) }
  }

  private static func check(_ fixture: ModelFixture) throws {
    let model = try fixture.model()
    let capacity = TopTweets.capacity
    #expect(model.top.rows(by: .pageRank) == Array(sorted(fixture.tweetRanks).prefix(capacity)))
    #expect(model.top.rows(by: .popularity) == Array(sorted(fixture.popularity).prefix(capacity)))
  }

  @Test("are a full sort by value, ties by smaller id, for both orders", arguments: 0..<10)
  func matchesFullSort(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var fixture = ModelFixture.random(seed: seed, tweets: 1 + generator.below(200), terms: 3)
    fixture.tweetRanks = fixture.tweetIDs.map { _ in Double(1 + generator.below(30)) / 100 }
    try Self.check(fixture)
  }

  @Test("tell values apart that are equal as Float")
  func finerThanFloat() throws {
    var fixture = ModelFixture.random(seed: 1, tweets: 9, terms: 3)
    fixture.tweetRanks = (0..<9).map { 0.25 + Double($0 * 7 % 9) * 1e-15 }
    fixture.popularity = [1e300, 1e301, -1e300, 0, -0.0, 1e-300, .leastNonzeroMagnitude, 1e39, 1e40]
    try Self.check(fixture)
  }

  @Test("of more than may be asked for are the best of them all")
  func cut() throws {
    var generator = SeededGenerator(seed: 2)
    var fixture = ModelFixture.random(seed: 2, users: 2, tweets: TopTweets.capacity + 700, terms: 2, factors: 0)
    fixture.tweetRanks = fixture.tweetIDs.map { _ in 0.001 + generator.uniform() }
    fixture.popularity = fixture.tweetIDs.map { _ in Double(generator.below(3)) }
    try Self.check(fixture)
  }

  @Test("are cut exactly, also between values that are equal as Float or too large for it")
  func cutFinerThanFloat() throws {
    var generator = SeededGenerator(seed: 3)
    var fixture = ModelFixture.random(seed: 3, users: 2, tweets: TopTweets.capacity + 900, terms: 2, factors: 0)
    // The later rows are the better ones, so a tie broken by id would keep the wrong ones.
    fixture.tweetRanks = fixture.tweetIDs.indices.map { 0.25 + Double($0 / 10) * 1e-14 }
    fixture.popularity = fixture.tweetIDs.map { _ in 1e300 * generator.uniform() }
    try Self.check(fixture)
    fixture.popularity = fixture.tweetIDs.indices.map { $0 < 4000 ? 2 - Double($0 % 7) : 1e-50 * Double($0) }
    try Self.check(fixture)
  }
}
