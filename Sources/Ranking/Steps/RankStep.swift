/// What changes a score after the signals: each is a column of its own behind them in an explanation.
///
/// In the order in which they are added, which is the order of the columns.
public enum RankStep: Int, CaseIterable, Sendable {
  /// What a better curve makes of the blend's log odds (``ScoreCalibration``).
  case calibration
  /// What feedback has taught about the signals since the model was trained (``OnlineCorrection``).
  case online
  /// What the engagement is likely to be worth, by its types' weights (``EngagementTypes``).
  case engagementValue
  /// What is added where the user has nothing to do with the author yet (``OutOfNetwork``).
  case outOfNetwork
  /// What is taken off for what the user has been shown already (``Fatigue``).
  case fatigue
  /// What feedback has taught (``BanditPolicy``).
  case bandit
  /// What is taken off for better tweets of the same author (``AuthorDiversity``). The only one that looks at other
  /// candidates, and therefore the last.
  case authorDiversity

  /// The name in explanations.
  public var name: String {
    switch self {
    case .calibration: "calibration"
    case .online: "online"
    case .engagementValue: "engagement_value"
    case .outOfNetwork: "out_of_network"
    case .fatigue: "fatigue"
    case .bandit: "bandit"
    case .authorDiversity: "author_diversity"
    }
  }
}
