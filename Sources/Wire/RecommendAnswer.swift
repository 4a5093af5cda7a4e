import Ranking

/// Tweets chosen for a user: a ranking, and where its candidates came from.
public struct RecommendAnswer {
  /// The tweets with their scores and propensities, best first; texts where asked for.
  public var ranked: RankedTweets
  /// Their keys as logged, each empty where it is the id in decimal; the column is empty when not asked for.
  public var names: UnsafeBufferPointer<UnsafeRawBufferPointer>
  /// Why the server looked for candidates itself; `none`: it took a list made beforehand.
  public var computeReason: ComputeReason
  /// Tweets that were ranked.
  public var candidates: Int
  /// Unix seconds at which the list was made; 0 where there was none.
  public var madeAtSeconds: Int64

  /// An answer over borrowed columns of one length.
  public init(
    ranked: RankedTweets, names: UnsafeBufferPointer<UnsafeRawBufferPointer> = .init(start: nil, count: 0),
    computeReason: ComputeReason, candidates: Int, madeAtSeconds: Int64 = 0
  ) {
    self.ranked = ranked
    self.names = names
    self.computeReason = computeReason
    self.candidates = candidates
    self.madeAtSeconds = madeAtSeconds
  }

  /// Where the candidates came from, as replies say it.
  public var source: StaticString { computeReason == .none ? "precomputed" : "computed" }
}
