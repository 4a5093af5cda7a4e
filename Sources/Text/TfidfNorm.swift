/// What a TF-IDF vector is divided by; scikit-learn's `norm`.
public enum TfidfNorm: String, Sendable, CaseIterable {
  /// The Euclidean length, so that the dot product of two vectors is their cosine.
  case l2
  /// The sum of the weights.
  case l1
  /// Nothing.
  case none
}
