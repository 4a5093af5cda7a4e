import Artifact
import Kernels
import Ranking
import Text

/// A model file of any size filled with random numbers, for tests of scale: what matters is where a ranking reads, not
/// what it finds there.
///
/// Everything that the classic recipe computes is in it, in the proportions of a trained model: factors, profiles and
/// vectors of unit length over a vocabulary, PageRanks by a power law, and, if wanted, neighbours. Tweets have no texts and
/// all ids are decimal. The same options give the same bytes. Memory is that of the file, and again as much while the
/// blend is fitted.
public struct SyntheticModel: Sendable {
  /// How large the model is and which of all such models it is.
  public struct Options: Sendable {
    /// Rows of the user table, 1…100,000,000.
    public var users = 100_000
    /// Rows of the tweet table, 1…1,000,000,000.
    public var tweets = 1_000_000
    /// Factors of each, 1…1,024.
    public var factors = 64
    /// Terms in the vocabulary, at least ``profileTerms``.
    public var terms = 20_000
    /// Neighbours of each user and tweet, and ratings kept of each user; 0: none.
    public var neighbours = 0
    /// Chooses the model.
    public var seed: UInt64 = 42

    /// A million tweets.
    public init() {}
  }

  /// Terms of a tweet's vector: what a tweet has of a vocabulary, on average.
  static let tweetTerms = 8
  /// Terms of a user's profile.
  static let profileTerms = 200
  /// The first tweet's id and the mean distance of two, as snowflakes of a busy service lie.
  private static let (firstTweet, tweetGap) = (UInt64(1_700_000_000_000_000_000), 4_096)
  private static let (firstUser, userGap) = (UInt64(10_000), 64)
  /// Unix seconds of the oldest tweet, and over how many the tweets are spread.
  private static let (start, span) = (Int64(1_735_689_600), 30 * 86_400)

  private typealias Name = ModelSchema.Tensor

  let options: Options

  /// A model that is yet to be written.
  public init(options: Options) { self.options = options }

  /// Writes the model file.
  /// - Complexity: O(bytes of the file).
  /// - Throws: an option outside its range, and what the system says when it refuses to write.
  public func write(to path: String, producer: String, progress: TrainingProgress) throws(TrainingError) {
    try options.validate()
    let tensors = TensorSet()
    tensors.metadata = [
      ModelSchema.Metadata.formatVersion: ModelSchema.formatVersion,
      ModelSchema.Metadata.recipe: Recipe.classic.rawValue,
      ModelSchema.Metadata.asOf: "\(Self.start + Int64(Self.span))",
      ModelSchema.Metadata.dataFingerprint: "synthetic",
      ModelSchema.Metadata.seed: "\(options.seed)",
      ModelSchema.Metadata.threads: "1",
      ModelSchema.Metadata.tfidf: "\(TfidfOptions())",
      ModelSchema.Metadata.producer: producer,
    ]
    let stages: [(String, (TensorSet) -> Void)] = [
      ("vocabulary", addVocabulary), ("users", addUsers), ("tweets", addTweets), ("neighbours", addNeighbours),
    ]
    for (place, (stage, add)) in stages.enumerated() {
      progress.update(stage: stage, completed: place, total: stages.count)
      add(tensors)
    }
    progress.update(stage: "blend", completed: 0, total: 0)
    do throws(ModelError) {
      try BlendFitter(seed: options.seed, recipe: .classic).add(to: tensors)
      try GoldenWriter(seed: options.seed).add(to: tensors)
    } catch { throw .artifact(reason: "\(error)") }
    do throws(ArtifactError) { try tensors.write(to: path) } catch { throw .artifact(reason: "\(error)") }
    progress.finish(
      stage: "model",
      detail: "\(ReportText.count(options.users)) users, \(ReportText.count(options.tweets)) tweets in \(path)")
  }

  /// An own sequence for each column, so that one more column changes no other.
  private func generator(_ column: UInt64) -> SeededGenerator {
    SeededGenerator(seed: options.seed &+ column &* 0x2545_F491_4F6C_DD1D)
  }

  private func addVocabulary(_ tensors: TensorSet) {
    var terms = StringColumnBuilder()
    // In byte order, as a vocabulary is.
    for term in 0..<options.terms { terms.append("t\(1_000_000 + term)") }
    tensors.addStrings(Name.term, terms)
    var random = generator(1)
    tensors.add(
      Name.inverseDocumentFrequency, shape: [options.terms], (0..<options.terms).map { _ in 1 + 9 * random.uniform() })
    tensors.add(Name.mean, shape: [1], [0.5])
  }

  private func addUsers(_ tensors: TensorSet) {
    let count = options.users
    addIDs(tensors, Name.userID, count, first: Self.firstUser, gap: Self.userGap, generator(2))
    addEmptyStrings(tensors, Name.userName, count)
    addFactors(tensors, Name.userBias, Name.userFactors, count, generator(3))
    tensors.add(Name.userEngagements, shape: [count], [UInt32](repeating: 40, count: count))
    addUnitRows(tensors, Name.userProfile, count, width: Self.profileTerms, below: options.terms, generator(4))
    addPageRanks(tensors, Name.userPageRank, count, generator(5))
  }

  private func addTweets(_ tensors: TensorSet) {
    let (count, users) = (options.tweets, options.users)
    addIDs(tensors, Name.tweetID, count, first: Self.firstTweet, gap: Self.tweetGap, generator(6))
    addEmptyStrings(tensors, Name.tweetName, count)
    addEmptyStrings(tensors, Name.tweetText, count)
    var random = generator(7)
    tensors.add(Name.tweetAuthor, shape: [count], of: UInt32.self) { authors in
      for row in 0..<count { authors[row] = UInt32(random.below(users)) }
    }
    tensors.add(Name.tweetCreatedAt, shape: [count], of: Int64.self) { times in
      for row in 0..<count { times[row] = Self.start + Int64(row * Self.span / count) }
    }
    addFactors(tensors, Name.tweetBias, Name.tweetFactors, count, generator(8))
    tensors.add(Name.tweetEngagements, shape: [count], [UInt32](repeating: 4, count: count))
    tensors.add(Name.tweetPopularity, shape: [count], of: Double.self) { popularity in
      for row in 0..<count { popularity[row] = 1 / (random.uniform() + 1e-6) }
    }
    addUnitRows(tensors, Name.tweetVector, count, width: Self.tweetTerms, below: options.terms, generator(9))
    addPageRanks(tensors, Name.tweetPageRank, count, generator(10))
  }

  private func addNeighbours(_ tensors: TensorSet) {
    guard options.neighbours > 0 else { return }
    let (users, tweets) = (options.users, options.tweets)
    let lists = [
      (Name.userNeighbours, users, users), (Name.userRatings, users, tweets), (Name.tweetNeighbours, tweets, tweets),
    ]
    for (place, (name, rows, bound)) in lists.enumerated() {
      addRows(
        tensors, name, rows, width: min(options.neighbours, bound), below: bound, generator(11 + UInt64(place))
      ) { weights, random in
        for entry in weights.indices { weights[entry] = Float(1 - random.uniform()) }
      }
    }
  }
}

extension SyntheticModel {
  private func addIDs(
    _ tensors: TensorSet, _ name: String, _ count: Int, first: UInt64, gap: Int, _ generator: SeededGenerator
  ) {
    var (random, id) = (generator, first)
    tensors.add(name, shape: [count], of: UInt64.self) { ids in
      for row in 0..<count {
        id += UInt64(1 + random.below(2 * gap - 1))
        ids[row] = id
      }
    }
  }

  private func addEmptyStrings(_ tensors: TensorSet, _ name: String, _ count: Int) {
    tensors.add("\(name).offsets", shape: [count + 1], of: UInt64.self) { _ in }
    tensors.add("\(name).bytes", shape: [0], [UInt8]())
  }

  /// Uniform in ±0.1: of the size that training starts from.
  private func addFactors(
    _ tensors: TensorSet, _ bias: String, _ factors: String, _ count: Int, _ generator: SeededGenerator
  ) {
    var random = generator
    func fill(_ values: UnsafeMutableBufferPointer<Float>) {
      for place in values.indices { values[place] = Float(random.uniform() - 0.5) * 0.2 }
    }
    tensors.add(bias, shape: [count], of: Float.self, filledBy: fill)
    tensors.add(factors, shape: [count, options.factors], of: Float.self, filledBy: fill)
  }

  /// Power law, summing to 1.
  private func addPageRanks(_ tensors: TensorSet, _ name: String, _ count: Int, _ generator: SeededGenerator) {
    var (random, sum) = (generator, 0.0)
    tensors.add(name, shape: [count], of: Double.self) { ranks in
      for row in 0..<count {
        ranks[row] = 1 / (random.uniform() + 1e-6)
        sum += ranks[row]
      }
      for row in 0..<count { ranks[row] /= sum }
    }
  }

  /// Rows of `width` random terms and weights that make a vector of length 1.
  private func addUnitRows(
    _ tensors: TensorSet, _ name: String, _ count: Int, width: Int, below bound: Int, _ generator: SeededGenerator
  ) {
    addRows(tensors, name, count, width: width, below: bound, generator) { weights, random in
      var squares: Float = 0
      for entry in weights.indices {
        weights[entry] = Float(0.1 + random.uniform())
        squares += weights[entry] * weights[entry]
      }
      for entry in weights.indices { weights[entry] /= squares.squareRoot() }
    }
  }

  /// Sparse rows of `width` entries in ascending columns, one at random in each of `width` equal strips.
  private func addRows(
    _ tensors: TensorSet, _ name: String, _ count: Int, width: Int, below bound: Int, _ generator: SeededGenerator,
    weigh: (UnsafeMutableBufferPointer<Float>, inout SeededGenerator) -> Void
  ) {
    var random = generator
    tensors.add("\(name).offsets", shape: [count + 1], of: UInt64.self) { offsets in
      for row in 0...count { offsets[row] = UInt64(row * width) }
    }
    tensors.add("\(name).terms", shape: [count * width], of: UInt32.self) { terms in
      for entry in 0..<count * width {
        let strip = entry % width
        let (low, high) = (strip * bound / width, (strip + 1) * bound / width)
        terms[entry] = UInt32(low + random.below(high - low))
      }
    }
    tensors.add("\(name).weights", shape: [count * width], of: Float.self) { weights in
      for row in 0..<count {
        weigh(UnsafeMutableBufferPointer(rebasing: weights[row * width..<(row + 1) * width]), &random)
      }
    }
  }
}

extension SyntheticModel.Options {
  func validate() throws(TrainingError) {
    try TrainingError.check("users", users, 1...100_000_000)
    try TrainingError.check("tweets", tweets, 1...1_000_000_000)
    try TrainingError.check("factors", factors, 1...1_024)
    try TrainingError.check("terms", terms, SyntheticModel.profileTerms...10_000_000)
    try TrainingError.check("neighbours", neighbours, 0...1_000)
  }
}
