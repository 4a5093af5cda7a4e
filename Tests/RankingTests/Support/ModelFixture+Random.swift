import Kernels
import Ranking

extension ModelFixture {
  /// A seeded model in which every tweet's vector is that of its text.
  ///
  /// Tweets have the ids 0 and 2^64 - 1 among them, some no author, some no text; some users have no profile.
  static func random(
    seed: UInt64, users: Int = 12, tweets: Int = 40, terms: Int = 24, factors: Int = 11
  ) -> ModelFixture {
    var generator = SeededGenerator(seed: seed)
    var fixture = ModelFixture()
    fixture.factorCount = factors
    fixture.mean = generator.uniform()
    fixture.terms = (0..<terms).map { "word\(1000 + $0)" }
    fixture.idf = (0..<terms).map { _ in 1 + 4 * generator.uniform() }

    fixture.userIDs = distinctIDs(users, [1], using: &generator)
    fixture.userNames = fixture.userIDs.map { $0 % 3 == 0 ? "user-\($0)" : "" }
    fixture.userBias = (0..<users).map { _ in Float(generator.gaussian()) }
    fixture.userFactors = (0..<users).map { _ in factorRow(factors, using: &generator) }
    fixture.userRanks = (0..<users).map { _ in 0.001 + generator.uniform() }
    fixture.userProfiles = (0..<users).map { user in
      user % 5 == 4 ? [] : fixture.vector(of: fixture.text(words: 9, using: &generator))
    }

    fixture.tweetIDs = distinctIDs(tweets, [0, .max], using: &generator)
    fixture.tweetNames = fixture.tweetIDs.map { $0 % 3 == 0 ? "tweet-\($0)" : "" }
    fixture.authors = (0..<tweets).map { tweet in
      tweet % 4 == 3 || users == 0 ? ModelSchema.noRow : UInt32(generator.below(users))
    }
    fixture.tweetTexts = (0..<tweets).map { tweet in
      tweet % 7 == 6 ? "" : fixture.text(words: 1 + generator.below(8), using: &generator)
    }
    fixture.tweetVectors = fixture.tweetTexts.map { fixture.vector(of: $0) }
    fixture.tweetBias = (0..<tweets).map { _ in Float(generator.gaussian()) }
    fixture.tweetFactors = (0..<tweets).map { _ in factorRow(factors, using: &generator) }
    fixture.tweetRanks = (0..<tweets).map { _ in 0.001 + generator.uniform() }
    fixture.popularity = (0..<tweets).map { _ in Double(generator.below(20)) / 4 }
    return fixture
  }

  /// Words of the vocabulary, some of them unknown, some twice.
  func text(words: Int, using generator: inout SeededGenerator) -> String {
    (0..<words).map { _ in terms.isEmpty || generator.below(6) == 0 ? "unheard" : terms[generator.below(terms.count)] }
      .joined(separator: " ")
  }

  /// The TF-IDF vector of words separated by spaces, by the textbook, in Double, rounded at the end.
  func vector(of text: String) -> SparseRow {
    let words = text.split(separator: " ").map(String.init)
    let weights = terms.indices.map { term in Double(words.count { $0 == terms[term] }) * idf[term] }
    let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return terms.indices.filter { weights[$0] > 0 }.map { (UInt32($0), Float(weights[$0] / length)) }
  }

  private static func factorRow(_ count: Int, using generator: inout SeededGenerator) -> [Float] {
    (0..<count).map { _ in Float(0.5 * generator.gaussian()) }
  }

  /// So many different ids in ascending order, `special` ones first among those chosen.
  private static func distinctIDs(
    _ count: Int, _ special: [UInt64], using generator: inout SeededGenerator
  ) -> [UInt64] {
    var ids = Set(special.prefix(count))
    while ids.count < count { ids.insert(generator.next() >> UInt64(generator.below(50))) }
    return ids.sorted()
  }
}
