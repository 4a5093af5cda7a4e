/// How much is looked at to rank: a ladder whose rungs cost less and less, for a server that has more calls than it can
/// answer in full. Each leaves out what those before it leave out, and more.
///
/// What is left out has no say: a signal of which only the mean is known, or none, adds the same to every candidate.
public enum RankEffort: Int, CaseIterable, Comparable, Sendable {
  /// Everything.
  case full = 0
  /// Texts of tweets that the model does not know are not read.
  case withoutNewTexts = 1
  /// Nor is looked at who is near the user, and what those engaged with.
  case withoutNeighbours = 2
  /// Only what is known of tweets and authors whoever asks, and the caller's own scores.
  case priorsOnly = 3

  /// The one that looks at more is the lesser.
  public static func < (left: RankEffort, right: RankEffort) -> Bool { left.rawValue < right.rawValue }

  /// The next rung that costs less; the last one's is itself.
  public var less: RankEffort { RankEffort(rawValue: rawValue + 1) ?? self }
  /// The next rung that looks at more; the first one's is itself.
  public var more: RankEffort { RankEffort(rawValue: rawValue - 1) ?? self }
}
