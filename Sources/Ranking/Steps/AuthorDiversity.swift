/// Spreads the authors: each tweet loses `penalty` for every better one of the same author.
///
/// Among one author's tweets the order stays; the k-th best loses (k − 1) · penalty, which is what picking greedily,
/// tweet by tweet, with that penalty gives. Tweets without a known author are left alone.
struct AuthorDiversity {
  private var seen: SeenIDs
  /// By slot of `seen`: tweets of the author met so far.
  private var counts: [UInt32]

  /// Memory for calls of up to `capacity` candidates.
  init(capacity: Int, seed: UInt64) {
    seen = SeenIDs(capacity: capacity, seed: seed)
    counts = .init(repeating: 0, count: seen.slotCount)
  }

  /// Lowers the scores; `order` of the scratch is overwritten. O(candidates · log candidates).
  mutating func adjust(_ scratch: RankScratch, query: RankQuery, model: Model, penalty: Float) {
    let (terms, values) = (scratch.terms(of: .authorDiversity), scratch.values(of: .authorDiversity))
    scratch.putInOrder(best: scratch.count)
    seen.begin(expecting: scratch.count)
    for position in 0..<scratch.count {
      let i = Int(scratch.order[position])
      var better: UInt32 = 0
      if let author = Self.author(of: i, scratch, query, model) {
        let (slot, isNew) = seen.slot(of: author)
        better = isNew ? 0 : counts[slot]
        counts[slot] = better + 1
      }
      values[i] = Float(better)
      terms[i] = better == 0 ? 0 : -penalty * Float(better)
      scratch.scores[i] += terms[i]
    }
  }

  /// The author's id: the model's, else the caller's; nil where neither says.
  static func author(of i: Int, _ scratch: RankScratch, _ query: RankQuery, _ model: Model) -> UInt64? {
    let row = scratch.rows[i]
    let author = row == ModelSchema.noRow ? row : model.tweets.authors[Int(row)]
    if author != ModelSchema.noRow { return model.users.ids[Int(author)] }
    let given = query.authorID(ofSource: Int(scratch.sources[i]))
    return given == 0 ? nil : given
  }
}
