import Kernels

/// What a trainer learned of tastes from a stretch of the log: who is like whom, and which authors fit whom. Static
/// until the next training, where ``History`` moves with every event.
///
/// Letters: U accounts, G hashtags, K factors.
package struct TasteTables: Sendable {
  /// [U, U] accounts that read the same authors: cosine of their engagements by author, authors weighted by rarity.
  package var readers: SparseRows<Float>
  /// [U, U] accounts that engage with the same tweets: shrunk cosine.
  package var companions: SparseRows<Float>
  /// [U, U] authors that the readers alike engage with; authors that companions engage with; authors whose readers
  /// overlap with those of the authors engaged with; personalised PageRank. Entries as ``AuthorFit``.
  package var fitOffsets: [UInt64]
  package var fitAuthors: [UInt32]
  package var fits: [AuthorFit]
  /// Length of a factor vector.
  package var factors: Int
  /// [U, K] accounts as readers and as authors, of implicit least squares over (reader, author).
  package var readerFactors: [Float]
  package var authorFactors: [Float]
  /// [U, K] accounts, of least squares over (account, tweet), and [K, K] the matrix that folds a tweet in from its
  /// engagers: (XᵀX + λI)⁻¹ of these factors.
  package var engagerFactors: [Float]
  package var engagerFold: [Float]
  /// [K, K]: (YᵀY + λI)⁻¹ of the authors' factors, which folds a reader in from authors.
  package var readerFold: [Float]
  /// What a count of e − 1 adds to the confidence of a pair.
  package var alpha: Float
  /// [U, K] accounts and [G, K] hashtags, of least squares over (account, hashtag).
  package var tagReaderFactors: [Float]
  package var tagFactors: [Float]
  /// [U] ln(PageRank · U) in the graph of engagements and edges.
  package var authorRanks: [Float]

  /// How an author fits an account.
  package struct AuthorFit: Sendable, Equatable {
    package var readers: Float = 0
    package var companions: Float = 0
    package var overlap: Float = 0
    package var walk: Float = 0
    package init() {}
  }

  /// Nothing known of `people` accounts and `tags` hashtags.
  package init(people: Int, tags: Int) {
    let none = SparseRows<Float>(offsets: .init(repeating: 0, count: people + 1), columns: [], values: [])
    readers = none
    companions = none
    fitOffsets = none.offsets
    fitAuthors = []
    fits = []
    factors = 0
    readerFactors = []
    authorFactors = []
    engagerFactors = []
    engagerFold = []
    readerFold = []
    alpha = 0
    tagReaderFactors = []
    tagFactors = []
    authorRanks = .init(repeating: 0, count: people)
  }
}
