import Artifact
import Kernels
import Text

/// An immutable, fully checked model: what one request reads from beginning to end.
///
/// Never performs I/O: the tensors are already in memory. Look-up tables and posting lists, which follow from the
/// tensors, are built here once.
public final class Model: @unchecked Sendable {
  /// Owner of all memory that the tables view.
  let tensors: TensorSet
  /// Accounts.
  public let users: UserTable
  /// Tweets.
  public let tweets: TweetTable
  /// Terms of the TF-IDF vectors.
  public let vocabulary: Vocabulary
  /// Inverse document frequency per term.
  public let inverseDocumentFrequency: [Double]
  /// How the terms and vectors of a text are made.
  public let textOptions: TfidfOptions
  /// Mean engagement score.
  let mean: Float
  /// How signals become a score.
  public let blend: Blend
  /// What ranks as of the moment of a request, where the recipe learned it; ``blend`` then has no say.
  package let moment: MomentModel?
  /// The signals that make up a score, in the order of its sum and of an explanation's columns.
  public let signals: [Signal]
  /// Tweets that each user's rows in the log are about; nil in files from before they were kept.
  let engaged: TweetFacts.Lists?
  /// Nearest users and tweets, if the trainer found any.
  let neighbours: NeighbourTables?
  private let lazyPostings = OnFirstUse<PostingLists>()
  /// The best tweets by PageRank and by popularity.
  public let top: TopTweets
  /// Short name of exactly these bytes.
  public let version: String

  /// Binds and checks a tensor set. `blend` overrides the one in the file (the trainer has none yet).
  /// Time is linear in the file's size.
  /// - Throws: ``ModelError`` that names the tensor, the row and the offending value.
  public init(_ tensors: TensorSet, blend: Blend? = nil) throws(ModelError) {
    let version = tensors.metadata[ModelSchema.Metadata.formatVersion]
    guard version == ModelSchema.formatVersion else {
      throw .wrongVersion(got: version, expected: ModelSchema.formatVersion)
    }
    let reader = ColumnReader(tensors)
    self.tensors = tensors
    self.version = tensors.version
    let idf = try reader.finiteDoubles(ModelSchema.Tensor.inverseDocumentFrequency, shape: [nil])
    textOptions = try Self.textOptions(of: tensors)
    let terms = try reader.strings(ModelSchema.Tensor.term, count: idf.count)
    inverseDocumentFrequency = Array(idf)
    vocabulary = Vocabulary(terms: LongWork.map(terms.count, rows: LongWork.heavyRows) { Array(terms[$0]) })
    users = try UserTable(from: reader, terms: idf.count)
    tweets = try TweetTable(from: reader, terms: idf.count, users: users)
    let mean = try reader.finiteDoubles(ModelSchema.Tensor.mean, shape: [1])[0]
    guard Float(mean).isFinite else {
      throw .badValue(
        tensor: ModelSchema.Tensor.mean, row: 0, value: "\(mean)", expected: "a number in the range of Float")
    }
    self.mean = Float(mean)
    engaged =
      tensors.tensor("\(ModelSchema.Tensor.userEngaged).rows") == nil
      ? nil : try reader.lists(ModelSchema.Tensor.userEngaged, rows: users.count, below: tweets.count)
    neighbours = try NeighbourTables(from: reader, users: users.count, tweets: tweets.count)
    moment =
      blend == nil
      ? try MomentModel(from: reader, tensors: tensors, users: users, tweets: tweets, terms: idf.count) : nil
    signals = moment.map { [.base, .caller] + $0.blend.signals } ?? Signal.timeless
    if let blend { self.blend = blend } else { self.blend = try Blend(from: tensors) }
    top = TopTweets(tweets: tweets)
  }

  /// Files from before the options could be chosen have none: the defaults. Vectors in a model have length 1, so that
  /// their products are cosines; no other norm would do.
  private static func textOptions(of tensors: TensorSet) throws(ModelError) -> TfidfOptions {
    let key = ModelSchema.Metadata.tfidf
    guard let text = tensors.metadata[key] else { return TfidfOptions() }
    do throws(TfidfError) {
      let options = try TfidfOptions(description: text)
      guard options.norm == .l2 else { throw .badText(item: "norm=\(options.norm)", expected: "norm=l2") }
      return options
    } catch { throw .badMetadata(key: key, reason: "\(error)") }
  }

  /// Tweets by term, for ``SimilarTweets`` and the search for candidates. As large as the vectors themselves, so it is
  /// made when somebody first asks: a server that only ranks never does. Any thread.
  var postings: PostingLists {
    lazyPostings.value {
      PostingLists(vectors: tweets.vectors, rowCount: tweets.count, termCount: inverseDocumentFrequency.count)
    }
  }

  /// What ``SimilarTweets`` and the search for candidates add to a model's memory, once somebody asks for them.
  public var postingBytes: Int {
    tweets.vectors.terms.count * (MemoryLayout<UInt32>.stride + MemoryLayout<Float>.stride)
      + (inverseDocumentFrequency.count + 1) * MemoryLayout<Int>.stride
  }

  /// The weight of each of ``signals``; of stairs and lines, how much one standard deviation changes the score.
  public var weights: [Float] {
    guard let moment else { return Signal.timeless.map { blend.weights[$0.rawValue] } }
    return [moment.blend.fresh.offset, 1] + moment.blend.fresh.slopes
  }

  /// A value of the file's metadata.
  public func metadata(_ key: String) -> String? { tensors.metadata[key] }
}
