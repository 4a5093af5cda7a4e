import Artifact
import Ranking

/// A tiny model, field by field, of which any tensor can be replaced or left out before it is built.
struct ModelFixture: Sendable {
  /// Entries of one sparse row, terms ascending.
  typealias SparseRow = [(term: UInt32, weight: Float)]

  var userIDs: [UInt64] = []
  var userNames: [String] = []
  var userBias: [Float] = []
  var userFactors: [[Float]] = []
  var userProfiles: [SparseRow] = []
  var userRanks: [Double] = []
  var tweetIDs: [UInt64] = []
  var tweetNames: [String] = []
  var tweetTexts: [String] = []
  /// Rows of `userIDs`, or `ModelSchema.noRow`.
  var authors: [UInt32] = []
  var tweetBias: [Float] = []
  var tweetFactors: [[Float]] = []
  var tweetVectors: [SparseRow] = []
  var tweetRanks: [Double] = []
  var popularity: [Double] = []
  var terms: [String] = []
  var idf: [Double] = []
  var factorCount = 3
  var mean = 0.5
  var weights: [Float] = [0.5, 2, 0.5, 0.5, 0.25, 0.25, 1]
  var means: [Float] = [0.5, 0.125, 0, 0, 1, 1, 0]
  var scales: [Float] = [0.75, 0.25, 1, 1, 1.5, 1.5, 1]
  var bounds: [Float] = [10, 10, 10, 10, 10, 10, 10]
  var goldenUsers: [UInt64] = []
  var goldenTweets: [[UInt64]] = []
  var goldenScores: [[Float]] = []
  var metadata = [
    ModelSchema.Metadata.formatVersion: ModelSchema.formatVersion,
    ModelSchema.Metadata.signals: Signal.joinedNames,
  ]

  private var replaced: [String: @Sendable (TensorSet) -> Void] = [:]
  private var omitted: Set<String> = []

  /// Puts other values, and by default one dimension, in the place of a tensor.
  mutating func replace<T: TensorElement>(_ name: String, shape: [Int]? = nil, _ values: [T]) {
    replaced[name] = { $0.add(name, shape: shape ?? [values.count], values) }
  }

  /// Leaves a tensor out.
  mutating func omit(_ name: String) { omitted.insert(name) }

  /// The model, or why there is none.
  func model() throws -> Model { try Model(tensors()) }

  /// All tensors of the schema.
  func tensors() -> TensorSet {
    typealias Name = ModelSchema.Tensor
    let set = TensorSet()
    let (users, tweets, signals) = (userIDs.count, tweetIDs.count, Signal.timeless.count)
    set.metadata = metadata
    add(Name.userID, [users], userIDs, to: set)
    addStrings(Name.userName, userNames, to: set)
    add(Name.userBias, [users], userBias, to: set)
    add(Name.userFactors, [users, factorCount], userFactors.flatMap { $0 }, to: set)
    add(Name.userEngagements, [users], [UInt32](repeating: 1, count: users), to: set)
    addSparse(Name.userProfile, userProfiles, to: set)
    add(Name.userPageRank, [users], userRanks, to: set)
    add(Name.tweetID, [tweets], tweetIDs, to: set)
    addStrings(Name.tweetName, tweetNames, to: set)
    addStrings(Name.tweetText, tweetTexts, to: set)
    add(Name.tweetAuthor, [tweets], authors, to: set)
    add(Name.tweetCreatedAt, [tweets], [Int64](repeating: 0, count: tweets), to: set)
    add(Name.tweetBias, [tweets], tweetBias, to: set)
    add(Name.tweetFactors, [tweets, factorCount], tweetFactors.flatMap { $0 }, to: set)
    add(Name.tweetEngagements, [tweets], [UInt32](repeating: 1, count: tweets), to: set)
    add(Name.tweetPopularity, [tweets], popularity, to: set)
    addSparse(Name.tweetVector, tweetVectors, to: set)
    add(Name.tweetPageRank, [tweets], tweetRanks, to: set)
    addStrings(Name.term, terms, to: set)
    add(Name.inverseDocumentFrequency, [idf.count], idf, to: set)
    add(Name.mean, [1], [mean], to: set)
    add(Name.blendWeight, [signals], weights, to: set)
    add(Name.blendMean, [signals], means, to: set)
    add(Name.blendScale, [signals], scales, to: set)
    add(Name.blendBound, [signals], bounds, to: set)
    let width = goldenTweets.first?.count ?? 0
    add(Name.goldenUser, [goldenUsers.count], goldenUsers, to: set)
    add(Name.goldenTweet, [goldenUsers.count, width], goldenTweets.flatMap { $0 }, to: set)
    add(Name.goldenScore, [goldenUsers.count, width], goldenScores.flatMap { $0 }, to: set)
    return set
  }

  private func add<T: TensorElement>(_ name: String, _ shape: [Int], _ values: [T], to set: TensorSet) {
    if omitted.contains(name) { return }
    if let other = replaced[name] { other(set) } else { set.add(name, shape: shape, values) }
  }

  private func addStrings(_ name: String, _ strings: [String], to set: TensorSet) {
    var offsets: [UInt64] = [0]
    for string in strings { offsets.append((offsets.last ?? 0) + UInt64(string.utf8.count)) }
    add("\(name).offsets", [offsets.count], offsets, to: set)
    let bytes = strings.flatMap { Array($0.utf8) }
    add("\(name).bytes", [bytes.count], bytes, to: set)
  }

  private func addSparse(_ name: String, _ rows: [SparseRow], to set: TensorSet) {
    var offsets: [UInt64] = [0]
    for row in rows { offsets.append((offsets.last ?? 0) + UInt64(row.count)) }
    let entries = rows.flatMap { $0 }
    add("\(name).offsets", [offsets.count], offsets, to: set)
    add("\(name).terms", [entries.count], entries.map(\.term), to: set)
    add("\(name).weights", [entries.count], entries.map(\.weight), to: set)
  }
}
