import Artifact
import Kernels

/// The model's tweets: one row per tweet seen in the training data.
public struct TweetTable: @unchecked Sendable {
  /// Ids, ascending.
  public let ids: UnsafeBufferPointer<UInt64>
  /// Keys as logged; empty where the key is the id in decimal.
  public let names: StringColumn
  /// UTF-8 texts, empty where unknown or left out.
  public let texts: StringColumn
  /// Rows of the authors in the user table, or ``ModelSchema/noRow``.
  public let authors: UnsafeBufferPointer<UInt32>
  /// Unix seconds, 0 where unknown.
  public let createdAt: UnsafeBufferPointer<Int64>
  /// SVD factors, row-major [count, factorCount].
  let factors: UnsafeBufferPointer<Float>
  /// Engagement log rows per tweet.
  public let engagements: UnsafeBufferPointer<UInt32>
  /// Sums of engagement scores.
  public let popularity: UnsafeBufferPointer<Double>
  /// TF-IDF vectors.
  public let vectors: SparseColumn
  /// PageRank in the engagement graph.
  public let pageRanks: UnsafeBufferPointer<Double>
  /// The single numbers that every ranking reads of a tweet. [count]
  let numbers: UnsafeBufferPointer<TweetNumbers>
  private let numbersMemory: PageMemory
  private let index: IDTable

  init(from reader: ColumnReader, terms: Int, users: UserTable) throws(ModelError) {
    typealias Name = ModelSchema.Tensor
    ids = try reader.ids(Name.tweetID)
    let count = ids.count
    names = try reader.strings(Name.tweetName, count: count)
    texts = try reader.strings(Name.tweetText, count: count)
    authors = try reader.rowNumbers(Name.tweetAuthor, count: count, rows: users.count)
    createdAt = try reader.column(Name.tweetCreatedAt, of: Int64.self, shape: [count])
    let bias = try reader.finiteFloats(Name.tweetBias, shape: [count])
    // Users and tweets must agree on K; a model without users has nothing to agree with.
    factors = try reader.finiteFloats(Name.tweetFactors, shape: [count, users.count == 0 ? nil : users.factorCount])
    engagements = try reader.column(Name.tweetEngagements, of: UInt32.self, shape: [count])
    popularity = try reader.finiteDoubles(Name.tweetPopularity, shape: [count])
    vectors = try reader.sparseRows(Name.tweetVector, rows: count, columns: terms)
    pageRanks = try reader.finiteDoubles(Name.tweetPageRank, shape: [count])
    let priors = try reader.priors(of: pageRanks, name: Name.tweetPageRank)
    let byteCount = count * MemoryLayout<TweetNumbers>.stride
    guard let memory = PageMemory(byteCount: byteCount) else { throw .artifact(.outOfMemory(bytes: byteCount)) }
    let numbers = memory.bytes.bindMemory(to: TweetNumbers.self)
    for piece in LongWork.pieces(of: count) {
      for row in piece {
        let authorPrior = authors[row] == ModelSchema.noRow ? 0 : users.priors[Int(authors[row])]
        let entries = vectors.entries(ofRow: row)
        numbers.initializeElement(
          at: row,
          to: TweetNumbers(
            id: ids[row], firstEntry: UInt64(entries.lowerBound), entryCount: UInt32(entries.count), bias: bias[row],
            prior: priors[row], authorPrior: authorPrior))
      }
    }
    memory.seal()
    self.numbers = UnsafeBufferPointer(numbers)
    numbersMemory = memory
    index = try reader.index(
      of: UnsafeRawPointer(memory.bytes.baseAddress), stride: MemoryLayout<TweetNumbers>.stride, count: count,
      name: Name.tweetID)
  }

  /// Number of tweets.
  public var count: Int { ids.count }

  /// The tweet's row, or ``ModelSchema/noRow``.
  public func row(of id: UInt64) -> UInt32 { index.row(of: id) }

  /// Rows of many tweets at once, ``ModelSchema/noRow`` where unknown.
  func rows(of ids: UnsafeBufferPointer<UInt64>, into rows: UnsafeMutablePointer<UInt32>) {
    index.rows(of: ids, into: rows)
  }
}
