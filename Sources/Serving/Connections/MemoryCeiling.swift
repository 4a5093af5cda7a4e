import Feedback
import Glibc
import Ranking
import Wire

/// What the limits, the model and the folded state add up to: the memory that a server takes at most, the program itself
/// apart, and another model while it is being loaded.
struct MemoryCeiling: Sendable, CustomStringConvertible {
  /// The terms of the sum, in bytes.
  private let connections: Int
  private let calls: Int
  private let feedback: Int
  private let model: Int
  private let ranking: Int

  init(_ options: ServerOptions, model: Model) {
    let (limits, workers) = (options.limits, max(1, options.workers))
    connections = limits.connectionBytes(workers: workers)
    calls = limits.callBytes(workers: workers)
    feedback =
      limits.servedRankingBytes  // answers that feedback may name
      + FoldLimits().bytes  // what feedback has come to
      + (options.steps.learning == nil ? 0 : limits.shownItemBytes(signals: model.signals.count))
    var about = stat()
    // Loaded as it is in the file; what is derived from it while loading stays below a sixth.
    let loaded = stat(options.modelPath, &about) == 0 ? Int(about.st_size) / 6 * 7 : 0
    self.model = loaded + model.postingBytes
    ranking =
      workers
      * (2 * limits.candidatesPerCall * Self.bytesPerCandidate  // for a large call that is under way too
        + model.tweets.count * Self.bytesPerTweet)
  }

  /// A worker's columns: a row of signals as they are and standardised, ids and scores.
  private static let bytesPerCandidate = 2 * 64 * 4 + 512
  /// A worker's marks on the model's tweets, for Recommend (8) and SimilarTweets (4), and what the latter has found: a tweet
  /// that shares a term with all others has them all.
  private static let bytesPerTweet = 8 + 4 + 20

  var bytes: Int { connections + calls + feedback + model + ranking }

  /// One line with the sum and its terms.
  var description: String {
    func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }
    return "memory is bounded by \(mebibytes(bytes)): connections \(mebibytes(connections)), "
      + "calls that wait \(mebibytes(calls)), feedback \(mebibytes(feedback)), "
      + "model \(mebibytes(model)), ranking \(mebibytes(ranking))"
  }
}
