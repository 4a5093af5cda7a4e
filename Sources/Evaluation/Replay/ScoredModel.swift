/// What a model says of every candidate of every impression.
package struct ScoredModel: Sendable {
  /// What a model is to the comparison.
  package enum Kind: String, Sendable, Codable {
    /// Something simple that must be beaten.
    case baseline
    /// One signal alone. It is measured in the direction that ranks better on these impressions: the harder opponent.
    case signal
    /// A whole recipe.
    case recipe
  }

  package let name: String
  package let kind: Kind
  /// One per candidate, in the layout of the impressions; higher is better. NaN, where the model has nothing to say,
  /// ranks last in either direction.
  package var scores: [Float]
  /// One per candidate, in [0, 1], where the model says how likely an engagement is.
  package var probabilities: [Float]?
  /// The model that it is compared with; nil: the best that is no recipe.
  package let against: String?

  package init(
    name: String, kind: Kind, scores: [Float], probabilities: [Float]? = nil, against: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.scores = scores
    self.probabilities = probabilities
    self.against = against
  }
}
