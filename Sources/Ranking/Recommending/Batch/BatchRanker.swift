import Kernels

/// Lists of recommendations for many users at once, for a store: what ``CandidateGenerator`` and a server's ranking find,
/// or better than that, because there is time.
public final class BatchRanker: @unchecked Sendable {
  /// How the tweets of a list are found.
  public enum Method: String, Sendable {
    /// Every tweet of the model is compared, nearly; those that could be among the best are scored as a server would.
    /// The lists are those of ``everything``. Models of the classic recipe.
    case factors
    /// As many candidates as a call may have at most, all of them scored. Models that rank as of a moment.
    case candidates
    /// Every tweet of the model is scored as a server would.
    case everything
  }

  /// Users of which a thread scores all tweets at a time.
  private static let blockUsers = LaneVectors.lanes
  /// Candidates that are scored at a time, and of ``Method/candidates`` in all.
  private static let candidates = 5_000

  /// How tweets are found.
  public let method: Method
  /// Threads at work.
  public var threads: Int { parallel.threads }
  private let model: Model
  private let limit: Int
  private let time: Int64
  private let modelHash: UInt64
  private let index: CandidateIndex
  private let factors: FactorScores?
  private let parallel: Parallel
  /// One a thread, made on first use; each is its thread's alone while it works.
  private var workers: [Worker?]

  /// What one thread needs.
  private struct Worker {
    let memory: BatchMemory?
    let generator: CandidateGenerator?
    let exact: ExactRanking
    var ids: [UInt64] = []
  }

  /// - Parameters:
  ///   - limit: the longest list, 1 to ``StoredRecommendations/largestCount``.
  ///   - time: Unix seconds that the lists are for; 0: as of the model's training data.
  ///   - isExhaustive: ``Method/everything``, whatever the model.
  public init(model: Model, limit: Int, time: Int64, isExhaustive: Bool, threads: Int) {
    self.model = model
    self.limit = min(max(1, limit), StoredRecommendations.largestCount)
    self.time = time
    modelHash = StoredRecommendations.modelHash(version: model.version)
    index = CandidateIndex(model: model)
    if isExhaustive {
      method = .everything
    } else if model.moment != nil {
      method = .candidates
    } else {
      // Of a vocabulary beyond all measure no vectors can be laid side by side.
      method = model.vocabulary.count <= LaneVectors.mostColumns ? .factors : .everything
    }
    factors = method == .factors ? FactorScores(model: model, index: index, time: time == 0 ? .max : time) : nil
    parallel = Parallel(threads: max(1, threads))
    workers = Array(repeating: nil, count: parallel.threads)
  }

  /// Users that ``rank(_:madeAt:)`` is best given at a time: some blocks a thread.
  public var usersAtATime: Int { 4 * Self.blockUsers * threads }

  /// A list for each user, in the same order; users are rows of the model's table. One call at a time.
  ///
  /// What a user has engaged with or written is in no list, nor what was written after the time. The lists do not
  /// depend on the number of threads nor on which users come together.
  public func rank(_ users: [UInt32], madeAt: Int64) -> [StoredRecommendations] {
    var lists = [StoredRecommendations?](repeating: nil, count: users.count)
    lists.withUnsafeMutableBufferPointer { lists in
      workers.withUnsafeMutableBufferPointer { workers in
        nonisolated(unsafe) let (lists, workers) = (lists, workers)
        parallel.shareChunks(of: users.count, size: Self.blockUsers) { number, _, range in
          var worker = workers[number] ?? makeWorker()
          let block = users[range]
          let reachable = reachable(block, worker)
          for (place, user) in block.enumerated() {
            let best = best(for: user, reachable.map { $0[place] }, &worker)
            lists[range.lowerBound + place] = StoredRecommendations(
              modelHash: modelHash, madeAtSeconds: madeAt, tweetIDs: best.ids, scores: best.scores)
          }
          workers[number] = worker
        }
      }
    }
    return lists.compactMap { $0 }
  }

  private func makeWorker() -> Worker {
    Worker(
      memory: factors.map {
        BatchMemory(
          tweets: model.tweets.count,
          vectors: LaneVectors(width: $0.products.dense.width, columnCount: $0.products.sparse.columnCount))
      },
      generator: method == .factors
        ? nil
        : CandidateGenerator(
          model: model, index: index, capacity: method == .everything ? model.tweets.count : Self.candidates),
      exact: ExactRanking(model: model, capacity: Self.candidates))
  }

  /// Rows of the tweets that could be among the best of each user of a block, where the method finds them for all at once.
  private func reachable(_ users: ArraySlice<UInt32>, _ worker: Worker) -> [[UInt32]]? {
    guard let factors, let memory = worker.memory else { return nil }
    factors.score(users, memory: memory)
    return factors.reachable(limit, users, memory: memory)
  }

  private func best(
    for user: UInt32, _ reachable: [UInt32]?, _ worker: inout Worker
  ) -> (ids: [UInt64], scores: [Float]) {
    let userID = model.users.ids[Int(user)]
    if let reachable {
      worker.ids.removeAll(keepingCapacity: true)
      for row in reachable { worker.ids.append(model.tweets.ids[Int(row)]) }
      return worker.ids.withUnsafeBufferPointer { worker.exact.best(limit, of: $0, for: userID, time: time) }
    }
    guard let generator = worker.generator else { return ([], []) }
    let found =
      method == .everything
      ? generator.keep(Array(model.tweets.ids), for: userID, time: time, limit: model.tweets.count)
      : generator.candidates(for: userID, time: time, limit: Self.candidates) ?? .init(start: nil, count: 0)
    return worker.exact.best(limit, of: found, for: userID, time: time)
  }
}
