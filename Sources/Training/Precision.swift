/// The numbers that gradient descent computes with.
public enum Precision: String, Sendable, CaseIterable {
  /// Eight floats at a time, on all threads. Predictions differ from those of ``double`` by rounding.
  case float
  /// Doubles in Surprise's order of operations, on one thread: the same bits as `surprise.SVD`.
  case double
}
