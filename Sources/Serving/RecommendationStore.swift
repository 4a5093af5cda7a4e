/// Where lists of recommendations made beforehand are kept: a map from keys to bytes outside the process.
///
/// One worker's own: called on its loop's thread only, and calling back on it. It is never waited for longer than a call
/// says and nothing that it does or leaves undone makes a call fail.
public protocol RecommendationStore: AnyObject {
  /// Asks for what stands under a key (`StoredRecommendations.key`), and returns at once.
  ///
  /// - Parameters:
  ///   - deadlineNanos: on the loop's monotonic clock; after it nobody is interested any more, but an answer does no harm.
  ///   - completion: called at most once, from this call or later. The bytes need to be valid only meanwhile.
  func fetch(key: String, deadlineNanos: UInt64, completion: @escaping (StoreAnswer) -> Void)

  /// The loop is about to end: lets go of everything attached to it. Completions that were not called never are.
  func close()
}

/// What a store says to a key.
public enum StoreAnswer {
  /// The bytes under it, whatever they are.
  case found(UnsafeRawBufferPointer)
  /// Nothing stands there.
  case missing
  /// The store cannot say: no connection, an error, a value of another kind.
  case unavailable
}
