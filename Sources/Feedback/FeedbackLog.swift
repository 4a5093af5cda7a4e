import Ranking

/// An ordered, durable sequence of events. Used by one thread at a time.
public protocol FeedbackLog: AnyObject {
  /// Records the events in order and returns the sequence of the last one, once all of them are durable.
  ///
  /// The first event ever has sequence 1 and each next one is one higher. After a throw none of them was recorded, or
  /// it is unknown to the caller whether some were (a crash, a poisoned log). With no events: the last sequence so far.
  func append(_ events: [FeedbackEvent]) throws(FeedbackError) -> UInt64

  /// Calls `body` with every event and its sequence, from the first. What `body` got before a throw is void.
  func replay(_ body: (FeedbackEvent, UInt64) -> Void) throws(FeedbackError) -> ReplaySummary

  /// Lets go of everything; appending throws from now on. Idempotent.
  func close()
}

/// What a replay found.
public struct ReplaySummary: Equatable, Sendable {
  /// Events replayed.
  public var events: UInt64
  /// The sequence of the last one; 0: none.
  public var lastSequence: UInt64
  /// Bytes at the end that had been written but never acknowledged, and were cut off. 0 after an orderly stop.
  public var bytesDropped: Int

  /// A summary.
  public init(events: UInt64, lastSequence: UInt64, bytesDropped: Int) {
    self.events = events
    self.lastSequence = lastSequence
    self.bytesDropped = bytesDropped
  }
}
