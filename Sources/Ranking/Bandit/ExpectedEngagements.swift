/// How many engagements the ranker expected of a tweet where it was shown: what ``PriorTerm`` compares its engagements
/// with.
///
/// A sum of whole numbers, one a trial, so that the order of events does not matter. Whoever sums also counts the
/// trials it has a number for: a tweet's expected engagements are sum / ``scale`` · all trials / those counted, or 0,
/// not known, where none is.
public enum ExpectedEngagements {
  /// What one engagement is in ``units(_:)``.
  public static let scale = 0x1p24

  /// The ranker's probability of an engagement with an item, from what the log holds of it
  /// (``BanditPolicy/loggedFeatures(_:items:)``, its row); nil where that does not say.
  public static func units(_ features: ArraySlice<Int16>) -> Int64? {
    guard let score = logOdds(features) else { return nil }
    return Int64((scale / (1 + Logarithm.exponential(-score))).rounded())
  }

  private static func logOdds(_ features: ArraySlice<Int16>) -> Double? {
    switch features.count {
    case 1: features.first.map { Double($0) / Double(ContextualFeatures.scale) }
    case ContextualFeatures.count: Double(features[features.startIndex + 1]) / Double(ContextualFeatures.scale) * 8
    default: nil
    }
  }
}
