import Ranking

/// What a look at candidates is kept from seeing, to find out how well an order does without.
package enum HiddenFacts: Sendable {
  case nothing
  /// Who wrote them: as if all authors were new.
  case authors
  /// All but their texts: author, time, hashtags, mentions, what they answer, and who engaged with them.
  case allButTexts

  /// What is left of a candidate.
  func seen(_ candidate: CandidateFacts) -> CandidateFacts {
    var seen = candidate
    switch self {
    case .nothing: break
    case .authors: seen.author = ModelSchema.noRow
    case .allButTexts:
      seen = .unknown
      (seen.terms, seen.weights) = (candidate.terms, candidate.weights)
    }
    return seen
  }
}
