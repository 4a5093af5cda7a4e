/// What is added to tweets by authors outside the user's network.
///
/// An author is in it whom the user has an edge to or has engaged with, and the user is.
enum OutOfNetwork {
  /// O(candidates).
  static func adjust(_ scratch: RankScratch, term: Float) {
    let edges = scratch.values(Signal.edgesCount.rawValue)
    let engagements = scratch.values(Signal.affinityCount.rawValue)
    let own = scratch.values(Signal.ownTweet.rawValue)
    let (terms, values) = (scratch.terms(of: .outOfNetwork), scratch.values(of: .outOfNetwork))
    for i in 0..<scratch.count {
      let isInside = edges[i] > 0 || engagements[i] > 0 || own[i] > 0
      values[i] = isInside ? 0 : 1
      terms[i] = isInside ? 0 : term
      scratch.scores[i] += terms[i]
    }
  }
}
