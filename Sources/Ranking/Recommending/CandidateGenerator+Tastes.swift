import Artifact
import Kernels

/// Sources of models that rank as of a moment.
extension CandidateGenerator {
  /// Authors looked at of either kind: those the user has to do with, and those that fit the user's tastes.
  private static let authorsRead = 64
  /// The newest tweets of one author that are looked at.
  private static let authorDepth = 32
  /// Accounts of either kind that read alike.
  private static let readersRead = 32
  /// The latest engagements of one of them.
  private static let readerDepth = 16

  /// The newest tweets of the authors nearest to the user, in turns. O(pairs of the user).
  func takeFromAuthors(_ user: UInt32, _ limit: Int) {
    guard let moment = model.moment else { return }
    let (history, tastes) = (moment.world.history, moment.world.tastes)
    var (authors, weights): ([UInt32], [Float]) = ([], [])
    for pair in history.pairs[Int(user)] where pair.count > 0 || pair.edges > 0 {
      authors.append(pair.other)
      let month = DecayedCount.HalfLife.month
      weights.append(
        DecayedCount.left(of: pair.month, after: moment.asOf &- pair.last, halfLife: month)
          + DecayedCount.left(of: pair.edgesMonth, after: moment.asOf &- pair.edgeLast, halfLife: month)
          // What was long ago, or at no known time, comes after what was of late.
          + 1e-3 * (pair.count + pair.edges))
    }
    var nearest = Array(best: Self.authorsRead, of: authors, by: weights, ids: model.users.ids)
    let range = Int(tastes.fitOffsets[Int(user)])..<Int(tastes.fitOffsets[Int(user) + 1])
    let fitting = Array(
      best: Self.authorsRead, of: Array(tastes.fitAuthors[range]),
      by: tastes.fits[range].map { $0.readers + 10 * $0.companions + $0.overlap + $0.walk }, ids: model.users.ids)
    nearest += fitting.filter { !nearest.contains($0) }
    found.take(inTurns: nearest.map(index.tweets), deep: Self.authorDepth, limit: limit)
  }

  /// What accounts that read like the user, or that engage with the same tweets, engaged with last, in turns.
  func takeFromLikeReaders(_ user: UInt32, _ limit: Int) {
    guard let moment = model.moment else { return }
    let tastes = moment.world.tastes
    var alike: [UInt32] = []
    for table in [tastes.companions, tastes.readers] {
      let entries = table.entries(ofRow: Int(user))
      let nearest = Array(
        best: Self.readersRead, of: Array(table.columns[entries]), by: Array(table.values[entries]),
        ids: model.users.ids)
      alike += nearest.filter { !alike.contains($0) }
    }
    let lists = alike.map { moment.world.history.recent[Int($0)].tweets.suffix(Self.readerDepth).reversed() }
    found.take(inTurns: lists, deep: Self.readerDepth, limit: limit)
  }
}

/// The source that every model has.
extension CandidateGenerator {
  /// Terms of a profile, the heaviest, that are looked up.
  private static let termsRead = 24
  /// Tweets of one term, those with the largest ids: of snowflakes the newest.
  private static let postingsRead = 2_048

  /// The tweets nearest to the user's profile, by its heaviest terms.
  func takeByText(_ user: UInt32, _ limit: Int) {
    let (profiles, postings) = (model.users.profiles, model.postings)
    let entries = profiles.entries(ofRow: Int(user))
    let heaviest = Array(
      best: Self.termsRead, of: entries.map { UInt32(truncatingIfNeeded: $0) },
      by: Array(profiles.weights[entries]))
    var touched: [UInt32] = []
    for entry in heaviest where profiles.weights[Int(entry)] > 0 {
      let (term, weight) = (Int(profiles.terms[Int(entry)]), profiles.weights[Int(entry)])
      let end = postings.offsets[term + 1]
      for place in max(postings.offsets[term], end - Self.postingsRead)..<end {
        let row = postings.rows[place]
        if textSums[Int(row)] == 0 { touched.append(row) }
        textSums[Int(row)] += weight * postings.weights[place]
      }
    }
    let sums = touched.map { textSums[Int($0)] }
    for row in touched { textSums[Int(row)] = 0 }
    // A row whose products rounded to nothing is listed twice, which the collector sees.
    found.take(Array(best: 2 * limit, of: touched, by: sums, ids: model.tweets.ids), limit: limit)
  }
}
