import Artifact

extension Signals {
  /// Weighted means of ratings (`KNNBasic` of Surprise) over the model's lists of nearest users and tweets.
  ///
  /// For user u and tweet i, Σ s·r / Σ s: over u's nearest users v who rated i, s their similarity and r v's rating;
  /// and over the tweets j that u rated among whose nearest tweets i is, s their similarity and r u's rating. Both walk
  /// from the user's side, once a call, over lists whose lengths the trainer bounds: with K neighbours and R ratings
  /// kept of each, at most K·R look-ups for either, however many candidates there are. Sums go by ascending row in
  /// Double, so a value does not depend on which other candidates are there.
  static func neighbours(_ model: Model, _ scratch: RankScratch) {
    let byUsers = scratch.values(Signal.userNeighbours.rawValue)
    let byTweets = scratch.values(Signal.itemNeighbours.rawValue)
    byUsers.update(repeating: 0, count: scratch.count)
    byTweets.update(repeating: 0, count: scratch.count)
    guard let tables = model.neighbours, scratch.userRow != ModelSchema.noRow else { return }
    let user = Int(scratch.userRow)
    let nearest = tables.users.entries(ofRow: user)
    let own = tables.ratings.entries(ofRow: user)
    guard !nearest.isEmpty || !own.isEmpty else { return }

    for i in 0..<scratch.count where scratch.rows[i] != ModelSchema.noRow {
      scratch.candidateSlots[Int(scratch.rows[i])] = UInt32(truncatingIfNeeded: i) + 1
    }
    // Held here, because the compiler must expect the scratch to change with every sum that is written.
    let (slots, sums) = (scratch.candidateSlots, scratch.neighbourSums)
    for entry in nearest {
      let similarity = Double(tables.users.weights[entry])
      for rated in tables.ratings.entries(ofRow: Int(tables.users.terms[entry])) {
        let slot = slots[Int(tables.ratings.terms[rated])]
        if slot != 0 { count(Double(tables.ratings.weights[rated]), similarity, in: sums, slot: slot) }
      }
    }
    if !nearest.isEmpty { scratch.takeMeans(into: byUsers) }
    for entry in own {
      let rating = Double(tables.ratings.weights[entry])
      for near in tables.tweets.entries(ofRow: Int(tables.ratings.terms[entry])) {
        let slot = slots[Int(tables.tweets.terms[near])]
        if slot != 0 { count(rating, Double(tables.tweets.weights[near]), in: sums, slot: slot) }
      }
    }
    if !own.isEmpty { scratch.takeMeans(into: byTweets) }
    for i in 0..<scratch.count where scratch.rows[i] != ModelSchema.noRow {
      scratch.candidateSlots[Int(scratch.rows[i])] = 0
    }
  }

  /// Counts a rating for the candidate in `slot`.
  @inline(__always)
  private static func count(
    _ rating: Double, _ similarity: Double, in sums: UnsafeMutablePointer<Double>, slot: UInt32
  ) {
    let place = 2 &* Int(slot &- 1)
    sums[place] += similarity
    sums[place &+ 1] += similarity * rating
  }
}

extension RankScratch {
  /// Turns the sums into means, 0 where nothing was counted, and leaves them at zero.
  fileprivate func takeMeans(into values: UnsafeMutablePointer<Float>) {
    for i in 0..<count {
      let weight = neighbourSums[2 * i]
      guard weight > 0 else { continue }
      // Ratings are finite floats and a mean lies among them; only its rounding could leave their range.
      let mean = neighbourSums[2 * i + 1] / weight
      values[i] = min(max(Float(mean), -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
      neighbourSums[2 * i] = 0
      neighbourSums[2 * i + 1] = 0
    }
  }
}
