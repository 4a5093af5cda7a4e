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

  /// Length of a factor vector unless another is asked for; Surprise's in the classic recipe.
  public var factors: Int { self == .classic ? 100 : 64 }

  /// What gradient descent computes with unless asked otherwise.
  public var precision: Precision { self == .classic ? .double : .float }
}
