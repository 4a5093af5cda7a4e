/// How a model is made from the logs.
public enum Recipe: String, Sendable, CaseIterable {
  /// What ranks best.
  case ranker
  /// What the usual Python libraries compute: plain sums where ``ranker`` corrects them.
  case classic

  /// Whether the model gets lists of nearest users and tweets.
  var hasNeighbours: Bool { self == .classic }

  /// Whether user profiles are cleared of what all tweets share.
  var subtractsBackground: Bool { self == .ranker }
}
