/// Candidates for a user who comes without any: from what the model knows of the user's tastes, filled up with what is
/// new and liked by everybody. One a thread.
///
/// The work for one user is bounded whatever the size of the model; the constants below are the bounds. Who ranks the
/// candidates decides their order: here each source only contributes a share.
public final class CandidateGenerator {
  let model: Model
  let index: CandidateIndex
  var found: CandidateCollector
  /// [tweets] sums of text products; zero between uses.
  let textSums: UnsafeMutablePointer<Float>

  /// What a source is asked for, in hundredths of the limit; what is left over is filled by what everybody likes.
  private typealias Source = (take: (CandidateGenerator) -> (UInt32, Int) -> Void, share: Int)
  private static var classicSources: [Source] {
    [(takeByFactors, 35), (takeFromNeighbours, 20), (takeByText, 20), (takeFromAuthorsEngaged, 10)]
  }
  private static var momentSources: [Source] { [(takeFromAuthors, 40), (takeFromLikeReaders, 15), (takeByText, 15)] }

  /// Memory for up to `capacity` candidates at a time: 8 bytes a tweet of the model.
  public init(model: Model, index: CandidateIndex, capacity: Int) {
    self.model = model
    self.index = index
    found = CandidateCollector(capacity: capacity, tweets: model.tweets)
    textSums = .allocate(capacity: max(1, model.tweets.count))
    textSums.initialize(repeating: 0, count: max(1, model.tweets.count))
    // Made here, so that who makes this beforehand makes them too.
    _ = model.postings
  }

  deinit {
    found.deallocate()
    textSums.deallocate()
  }

  /// Up to `limit` tweets for a user, in no order of merit; a view that is valid until the next call.
  ///
  /// A user whom the model lacks gets what is new and what everybody likes.
  /// - Parameters:
  ///   - time: Unix seconds; tweets written later are left out. 0: as of the model's training data.
  ///   - first: tweets that are taken before all others.
  ///   - live: what has happened since the training.
  ///   - isOver: asked between sources; nil is returned once it holds.
  public func candidates(
    for userID: UInt64, time: Int64, limit: Int, first: [UInt64] = [], live: LiveInterest = .none,
    isOver: () -> Bool = { false }
  ) -> UnsafeBufferPointer<UInt64>? {
    let user = begin(for: userID, time: time, limit: limit, live: live)
    take(first)
    let sources =
      user == ModelSchema.noRow ? [] : model.moment == nil ? Self.classicSources : Self.momentSources
    for (take, share) in sources {
      if found.room > 0 { take(self)(user, max(1, limit * share / 100)) }
      if isOver() { return nil }
    }
    takeLiked(limit, live)
    return isOver() ? nil : .init(start: found.ids, count: found.count)
  }

  /// Those of a list of tweets that may be shown to a user, in the same order, at most `limit`: neither unknown to the
  /// model nor engaged with, the user's own or of the future. A view that is valid until the next call.
  public func keep(
    _ ids: [UInt64], for userID: UInt64, time: Int64, limit: Int, live: LiveInterest = .none
  ) -> UnsafeBufferPointer<UInt64> {
    _ = begin(for: userID, time: time, limit: limit, live: live)
    take(ids)
    return .init(start: found.ids, count: found.count)
  }

  private func take(_ ids: [UInt64]) {
    found.take(ids.lazy.map { self.model.tweets.row(of: $0) }.filter { $0 != ModelSchema.noRow }, limit: ids.count)
  }

  /// Begins a user's list; returns the user's row.
  private func begin(for userID: UInt64, time: Int64, limit: Int, live: LiveInterest) -> UInt32 {
    let user = model.users.row(of: userID)
    let asOf = model.moment?.asOf ?? 0
    // A model without a moment has no "now" either: nothing is of the future then.
    found.begin(user: user, time: time != 0 ? time : asOf != 0 ? asOf : .max, limit: limit)
    model.withEngaged(by: user) { for row in $0 { found.leaveOut(row) } }
    for id in live.engaged {
      let row = model.tweets.row(of: id)
      if row != ModelSchema.noRow { found.leaveOut(row) }
    }
    return user
  }

  /// What everybody likes, and what is new: first an even share of each order, then the rest of them in turns.
  private func takeLiked(_ limit: Int, _ live: LiveInterest) {
    let now = live.trending.map(model.tweets.row).filter { $0 != ModelSchema.noRow }
    let orders = [
      now, index.trending, index.newest, model.top.rows(by: .popularity), model.top.rows(by: .pageRank),
    ].filter { !$0.isEmpty }
    found.take(inTurns: orders, deep: CandidateIndex.listed, limit: limit)
  }
}
