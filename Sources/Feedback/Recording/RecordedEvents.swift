/// What became of events that were submitted together, once they are durable.
public struct RecordedEvents: Equatable, Sendable {
  /// Those that were added to the log.
  public var recorded = 0
  /// Those that the log had already, and that were not added again.
  public var duplicates = 0
  /// Of those recorded, those that do not count, or not yet: they name a ranking that is not known, or that did not show the
  /// tweet to the user, or too long ago.
  public var unmatched = 0
  /// The log's sequence number at which all of them are in it.
  public var lastSequence: UInt64 = 0

  /// Nothing yet.
  public init(recorded: Int = 0, duplicates: Int = 0, unmatched: Int = 0, lastSequence: UInt64 = 0) {
    self.recorded = recorded
    self.duplicates = duplicates
    self.unmatched = unmatched
    self.lastSequence = lastSequence
  }
}
