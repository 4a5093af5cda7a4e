/// What shares feedback with other replicas: ships our log to them, and has theirs folded.
///
/// It is made for one ``FeedbackService``, run by one thread, and asked by any.
public protocol FeedbackSharing: AnyObject, Sendable {
  /// Shares until ``stop()``, and then for a moment longer what has not been shipped. On a thread of its own; once.
  func run()

  /// Has ``run()`` return soon. Any thread, at any time.
  func stop()

  /// Where it stands. Any thread.
  var status: SharingStatus { get }

  /// Where the log is shared, for people, without secrets.
  var place: String { get }
}

/// Where the sharing of feedback stands.
public struct SharingStatus: Equatable, Sendable {
  /// Whether the shared log answers; where not, feedback is kept here and shipped later.
  public var isConnected = false
  /// The last entry of our log that the shared log is known to have.
  public var shippedSequence: UInt64 = 0
  /// Durable entries of our log that it is not known to have.
  public var lag: UInt64 = 0
  /// Entries of others that were handed over to be folded since the start; those known before count too.
  public var followedEntries: UInt64 = 0
  /// Entries or whole batches of others that could not be used: damaged, or of a later version.
  public var skippedEntries: UInt64 = 0
  /// Entries that were shipped a second time since the start, since the shared log had lost them.
  public var reshippedEntries: UInt64 = 0
  /// Entries that the shared log lacks and our log, too, has no more.
  public var missingEntries: UInt64 = 0
  /// What went wrong last, in a sentence; empty: all is well.
  public var lastError = ""

  /// Nothing has happened yet.
  public init() {}
}
