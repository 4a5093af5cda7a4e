import Kernels
import Testing

@testable import Ranking

@Suite("Similar tweets")
struct SimilarTweetsTests {
  /// Rows of positive cosine with `vector`, best first, ties by smaller id (which is the smaller row).
  private static func bruteForce(
    _ fixture: ModelFixture, _ vector: ModelFixture.SparseRow, without own: Int? = nil
  ) -> [(row: Int, cosine: Float)] {
    let all = fixture.tweetVectors.enumerated().map { row, other in
      // In Float and by ascending terms, so that ties are the same ties.
      var sum: Float = 0
      for x in vector {
        for y in other where x.term == y.term { sum += x.weight * y.weight }
      }
      return (row: row, cosine: min(sum, 1))
    }
    return all.filter { $0.cosine > 0 && $0.row != own }
      .sorted { $0.cosine != $1.cosine ? $0.cosine > $1.cosine : $0.row < $1.row }
  }

  private static func expect(
    _ answer: SimilarTweets.Answer, _ expected: some Collection<(row: Int, cosine: Float)>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(answer.rows.map { Int($0) } == expected.map(\.row), sourceLocation: sourceLocation)
    #expect(answer.similarities == expected.map(\.cosine), sourceLocation: sourceLocation)
  }

  @Test("are those of largest cosine, never the tweet itself, for every tweet, again and again", arguments: 0..<10)
  func matchesBruteForce(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    // Few terms and many tweets make many equal vectors, and so many ties.
    let fixture = ModelFixture.random(seed: seed, tweets: 120, terms: seed % 2 == 0 ? 4 : 40)
    let similar = SimilarTweets(model: try fixture.model())
    for _ in 0..<2 {
      for row in fixture.tweetIDs.indices {
        let expected = Self.bruteForce(fixture, fixture.tweetVectors[row], without: row)
        let limit = generator.below(130)
        Self.expect(similar.nearest(toRow: UInt32(row), limit: limit), expected.prefix(limit))
      }
    }
  }

  @Test("to a text are those to the known tweet of the same text, and that tweet before them", arguments: 0..<3)
  func textsAreLikeRows(seed: UInt64) throws {
    let fixture = ModelFixture.random(seed: seed, tweets: 60)
    let desk = Desk(try fixture.model())
    let similar = SimilarTweets(model: desk.model)
    for row in fixture.tweetIDs.indices {
      let byRow = similar.nearest(toRow: UInt32(row), limit: 100)
      let byText = Array(fixture.tweetTexts[row].utf8).withUnsafeBytes {
        similar.nearest(toText: $0, limit: 100, scratch: desk.scratch)
      }
      Self.expect(byText, Self.bruteForce(fixture, fixture.tweetVectors[row]))
      let others = zip(byText.rows, byText.similarities).filter { $0.0 != UInt32(row) }
      #expect(others.map(\.0) == byRow.rows && others.map(\.1) == byRow.similarities)
      #expect(byText.rows.contains(UInt32(row)) == !fixture.tweetVectors[row].isEmpty)
    }
  }

  @Test("are none for a limit of 0 or less, and all for any large one", arguments: [.min, -1, 0, 1, 7, 10_000, .max])
  func limits(limit: Int) throws {
    let fixture = ModelFixture.random(seed: 3)
    let similar = SimilarTweets(model: try fixture.model())
    for row in 0..<10 {
      let expected = Self.bruteForce(fixture, fixture.tweetVectors[row], without: row)
      Self.expect(similar.nearest(toRow: UInt32(row), limit: limit), expected.prefix(max(0, limit)))
      // A refused or cut list must leave nothing behind.
      Self.expect(similar.nearest(toRow: UInt32(row), limit: 1000), expected)
    }
  }

  @Test("do not exist for a tweet without terms, nor for a text of none that the model knows")
  func withoutTerms() throws {
    let fixture = ModelFixture.random(seed: 4)
    let desk = Desk(try fixture.model())
    let similar = SimilarTweets(model: desk.model)
    #expect(fixture.tweetVectors[6].isEmpty)
    #expect(similar.nearest(toRow: 6, limit: 10).rows.isEmpty)
    for text in ["", "unheard of", "\u{0}"] {
      let answer = Array(text.utf8).withUnsafeBytes { similar.nearest(toText: $0, limit: 10, scratch: desk.scratch) }
      #expect(answer.rows.isEmpty && answer.similarities.isEmpty)
    }
  }

  @Test("are right also where weights of both signs cancel on the way, and leave no trace")
  func cancellation() throws {
    var fixture = ModelFixture.random(seed: 5, tweets: 5, terms: 4)
    fixture.tweetVectors = [
      [(0, 0.5), (1, 0.5), (2, 0.5)], [(0, 0.5), (1, -0.5), (2, 0.5)], [(0, 0.5), (1, -0.5)], [(0, -1)],
      [(0, 1e-30), (1, -1e-30), (2, 1)],
    ]
    let similar = SimilarTweets(model: try fixture.model())
    for _ in 0..<3 {
      for row in [0, 1, 2, 3, 4, 0, 0] {
        let expected = Self.bruteForce(fixture, fixture.tweetVectors[row], without: row)
        Self.expect(similar.nearest(toRow: UInt32(row), limit: 10), expected)
      }
    }
  }

  @Test("with weights so large that a sum overflows are still in (0, 1], and the next call is clean")
  func overflow() throws {
    var fixture = ModelFixture.random(seed: 6, tweets: 4, terms: 3)
    let huge = Float.greatestFiniteMagnitude
    fixture.tweetVectors = [[(0, huge), (1, huge)], [(0, huge), (1, -huge)], [(0, huge)], [(0, 0.5), (2, 0.5)]]
    let similar = SimilarTweets(model: try fixture.model())
    for _ in 0..<3 {
      let answer = similar.nearest(toRow: 0, limit: 10)
      #expect(answer.rows == [2, 3] && answer.similarities == [1, 1])
      #expect(similar.nearest(toRow: 3, limit: 10).rows == [0, 1, 2])
    }
  }
}
