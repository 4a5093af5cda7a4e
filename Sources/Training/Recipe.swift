import Text

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

  /// Whether the model ranks as of the moment of a request, with a learned blend.
  var ranksByMoment: Bool { self == .ranker }

  /// How texts become vectors unless asked otherwise: scikit-learn's defaults in the classic recipe; else terms that
  /// occur in two tweets at least, the repetition of one counting by its logarithm.
  var text: TfidfOptions {
    guard self == .ranker else { return TfidfOptions(maxFeatures: 5_000) }
    var options = TfidfOptions(maxFeatures: 50_000)
    options.minDocumentFrequency = .count(2)
    options.isSublinear = true
    return options
  }

  /// Length of a factor vector unless another is asked for; Surprise's in the classic recipe.
  public var factors: Int { self == .classic ? 100 : 64 }

  /// What gradient descent computes with unless asked otherwise.
  public var precision: Precision { self == .classic ? .double : .float }
}
