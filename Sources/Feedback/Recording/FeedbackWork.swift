import Ranking

/// What waits for the writer, with whom to tell.
struct FeedbackWork {
  /// What is to be done.
  enum Task {
    /// Events that clients sent.
    case events([FeedbackEvent])
    /// What events of some types are worth from now on, as of this time in Unix seconds.
    case rewards(RewardChange, atSeconds: Int64)
    /// Entries of another node's log, ascending, and up to where the stream was read with them.
    case followed([(entry: LogEntry, sequence: UInt64)], node: UInt64, streamPosition: String)
    /// Our log has these names from now on.
    case renamed(NodeIdentity)
    /// Another model is served: count engagements from this time on, and learn for it.
    case model(asOf: UInt32, learner: OnlineLearner?)
  }

  let task: Task
  let completion: @Sendable (Result<RecordedEvents, FeedbackError>) -> Void

  /// How much of the queue it takes.
  var weight: Int {
    switch task {
    case .events(let events): events.count
    case .followed(let entries, _, _): entries.count
    case .rewards, .renamed: 1
    // Never refused: it is not said again.
    case .model: 0
    }
  }
}
