/// How alike two users (or two tweets) are, from the ratings of what both have rated. The names are Surprise's.
public enum Similarity: String, Sendable, CaseIterable, Codable {
  /// Σab / √(Σa² Σb²), in [−1, 1]; undefined where one side's common ratings are all 0.
  case cosine
  /// 1 / (mean squared difference + 1), in (0, 1].
  case meanSquaredDifference = "msd"
  /// Pearson's correlation over the common ratings, in [−1, 1] up to rounding; 0 where one side's are all equal.
  case pearson
  /// Correlation of what the ratings differ from their baselines, shrunk by (n − 1) / (n − 1 + shrinkage) for n common
  /// ratings; undefined where one side's common ratings are all at their baselines.
  case pearsonBaseline = "pearson_baseline"
}
