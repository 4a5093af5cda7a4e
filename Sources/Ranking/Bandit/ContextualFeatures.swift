/// What a contextual policy looks at of a candidate: ``count`` numbers, logged in steps of 1/256.
///
/// In this order: 1; the score before the bandit, over 8; the ranker's probability p; the estimate of ``PriorTerm``
/// from p and the tweet's own feedback; ln(1 + trials), over 8; and of models that rank as of the moment age, trending
/// (six hours), over 4, and interests. What is missing is 0.
///
/// A policy scores with the numbers as they are, and learns from the logged ones: sums of those are whole numbers, the
/// same in whatever order events come in.
enum ContextualFeatures {
  /// Features of a candidate.
  static let count = 8
  /// Which of them is the estimate.
  static let estimate = 3
  /// One step of a logged feature is 1/256.
  static let scale: Float = 256

  /// The logged form; what is not within ±127 is held there.
  static func logged(_ value: Float) -> Int16 { Int16((max(-127, min(127, value)) * scale).rounded()) }
}
