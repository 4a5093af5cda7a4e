/// An ordered, durable sequence of entries. Used by one thread at a time, but for ``read(after:maxBytes:)``.
public protocol FeedbackLog: AnyObject {
  /// Records the entries in order and returns the sequence of the last one, once all of them are durable.
  ///
  /// The first entry ever has sequence 1 and each next one is one higher. After a throw none of them is acknowledged; a
  /// later start may find some of them nevertheless. The next append may succeed. With no entries: the last sequence so far.
  func append(_ entries: [LogEntry]) throws(FeedbackError) -> UInt64

  /// Calls `body` with every entry behind sequence `after` and its sequence, in order. Entries appended from now on have
  /// sequences above `after`, whatever the log holds. What `body` got before a throw is void.
  func replay(after: UInt64, _ body: (LogEntry, UInt64) -> Void) throws(FeedbackError) -> ReplaySummary

  /// Durable entries behind sequence `after`, in order, for other replicas: as many as fit into `maxBytes`, but at least one
  /// if there is one. Any thread, also beside appends, from the first replay or append on.
  func read(after: UInt64, maxBytes: Int) throws(FeedbackError) -> LogSlice

  /// Gives back the space of old entries, none of them behind sequence `through`, and only of those that are beyond
  /// `retention`; returns how many files went.
  func removeSegments(through: UInt64, keeping retention: LogRetention) throws(FeedbackError) -> Int

  /// What is appended from now on has another name among replicas; a log that keeps names says so beside the entries.
  func rename(to identity: NodeIdentity)

  /// Lets go of everything; all else throws from now on. Idempotent.
  func close()
}

extension FeedbackLog {
  /// Keeps no names.
  public func rename(to identity: NodeIdentity) {}
}
