/// Every bound of the server in one place; docs/protocol.md lists them for clients.
///
/// Bytes, milliseconds and counts, each named by its unit. Sums over these are in `Limits+Sums.swift`.
public struct Limits: Equatable, Sendable {
  // MARK: One message

  /// The longest payload of a frame from a client, without its 4-byte prefix.
  public var frameBytes = 1 << 20
  /// Candidates of one Rank call: column and new tweets together, duplicates included.
  public var candidatesPerCall = 5_000
  /// UTF-8 bytes of one tweet's text in a call.
  public var textBytes = 4_096
  /// Events of one RecordEvents call.
  public var eventsPerCall = 5_000
  /// Tweets that one Recommend, SimilarTweets or TopTweets call may ask for.
  public var listedTweets = 1_000
  /// Tweets that such a call gets when it asks for 0.
  public var defaultListedTweets = 10
  /// Tweets that a Recommend call looks for and ranks; more where it asks for more.
  public var recommendCandidates = 1_000
  /// Bytes of a call's trace context (a W3C `traceparent` has 55).
  public var traceParentBytes = 256
  /// Memory that decoding one call may take.
  public var decodeArenaBytes = 2 << 20
  /// Columns of an explanation, those of steps included, for which the reply's size is computed.
  public var explainedSignals = 64
  /// UTF-8 bytes of a status message; longer ones are cut at a character.
  public var statusMessageBytes = 512

  // MARK: Budgets

  /// The budget of a call that names none.
  public var defaultBudgetMillis: UInt32 = 200
  /// The smallest budget that is honoured; smaller ones, except 0, are raised to it.
  public var minimumBudgetMillis: UInt32 = 5
  /// The largest budget that is honoured; larger ones are lowered to it.
  public var maximumBudgetMillis: UInt32 = 1_000
  /// How long a Recommend call waits for a list from the store, unless a tenth of its budget is less.
  public var storeMillis: UInt32 = 10

  // MARK: One connection

  /// Calls taken up and not yet answered; reading pauses at this number.
  public var callsInFlight = 64
  /// From accepting a connection to the last byte of its first frame.
  public var firstFrameMillis: UInt64 = 3_000
  /// From the first byte of a frame to its last, however steadily bytes trickle in.
  public var wholeFrameMillis: UInt64 = 2_000
  /// A write that the peer has not taken whole after this long ends the connection, however steadily it trickles.
  public var writeStallMillis: UInt64 = 5_000
  /// Without a frame or a call in flight for this long, the connection is closed.
  public var idleMillis: UInt64 = 300_000
  /// How long a GOAWAY may take to flush before the connection is closed all the same.
  public var goAwayFlushMillis: UInt64 = 100
  /// Queued reply bytes above which no more calls of the connection are read or ranked.
  public var writeHighWaterBytes = 256 << 10
  /// Queued reply bytes below which they are again.
  public var writeLowWaterBytes = 64 << 10
  /// Queued reply bytes above which the connection is reset.
  public var writeHardBytes = 3 << 20
  /// An empty frame is answered as a bad call; this many within a second end the connection.
  public var zeroFramesPerSecond = 16
  /// Refused messages within ten seconds that end the connection.
  public var badMessagesPer10Seconds = 100
  /// Frame buffer that a busy connection keeps between frames; larger buffers are given back.
  public var retainedBufferBytes = 32 << 10
  /// Reply buffer that a busy connection keeps between turns; larger buffers are given back.
  public var retainedReplyBytes = 256 << 10
  /// A connection on which nothing has happened for this long keeps no buffers at all.
  public var bufferIdleMillis: UInt64 = 1_000
  /// A ping that comes sooner after the one before, with no other call between, is a strike.
  public var pingMillis: UInt64 = 1_000
  /// Strikes of pings that end the connection; another call in between clears them.
  public var pingStrikes = 3

  // MARK: Who may connect

  /// Payload of the one frame, a call of Authenticate, that is read of a client before it has shown a token. Its time is
  /// ``firstFrameMillis``.
  public var unauthenticatedFrameBytes = 4_096
  /// A token is at least so long, so that it cannot be guessed.
  public var shortestTokenBytes = 16
  /// A token is at most so long.
  public var longestTokenBytes = 1_024
  /// Tokens in the file: one, and during a change its successor; or one for each client.
  public var tokens = 64
  /// Missing or wrong tokens of one address within a minute; then its connections are turned away until that is over.
  public var tokenFailuresPerMinute = 10

  // MARK: Learning from feedback

  /// Items of one Rank answer, from the first, that feedback can teach something about.
  public var learnedItemsPerAnswer = 20
  /// Shown items that are remembered for feedback to come; the oldest are forgotten.
  public var shownItems = 65_536

  // MARK: What feedback may name

  /// Items of one Rank answer, from the first, that are kept with their propensities for feedback to name.
  public var loggedItemsPerAnswer = 50
  /// Candidates of an answer up to which they are kept beside its items; of more, none are.
  public var loggedCandidates = 1_000
  /// Bytes of the answers that are kept until feedback names them; the oldest go first. An answer of 50 items out of 500
  /// candidates, with a feature each, takes 8 · (6 + 2 · 50 + 500 + 13) = 4,952 bytes, so this is 27,000 answers: 90 seconds at
  /// 300 answers a second. Of answers without candidates it is 141,000, eight minutes.
  public var servedRankingBytes = 128 << 20

  // MARK: One worker

  /// Calls that may wait for a worker, of all its connections together.
  public var queuedCalls = 16_384
  /// Payload bytes of those calls. One worker at 10,000 calls/s of 8 KiB holds 80 KiB per millisecond of backlog; this
  /// is far more than can be answered in the largest budget.
  public var queuedCallBytes = 64 << 20
  /// Frames that are not complete and replies that are not read, of all its connections together. Of them, the one that
  /// asks for more is ended.
  public var connectionBufferBytes = 256 << 20

  /// Such buffers up to which connections keep them while they are busy, though empty; beyond, each gives its own back at
  /// once, which costs it an allocation a call.
  public var keptBufferBytes = 16 << 20
  /// Payload buffers that a worker keeps for calls to come once they have been used; more are given back. At 10,000 calls/s
  /// of 8 KiB, as many as wait for 100 ms.
  public var retainedPayloadBytes = 16 << 20
  /// Candidates, or as much text, that are scored in one go; larger calls let others have their turn in between.
  public var chunkCandidates = 512

  // MARK: The server

  /// Connections open at once.
  public var connections = 8_000
  /// Connections of one client at once: of an IPv4 address, of a 64-bit prefix of IPv6, or of a user id at a Unix socket.
  public var connectionsPerAddress = 256
  /// Connections accepted, and taken up by a worker, in one turn of its loop, so that a burst of them does not hold up
  /// those that there are.
  public var acceptsPerTurn = 64
  /// Connections of one client that ended with calls in flight, within ten seconds; then its connections are turned away
  /// until these are over. Twice as many as a client may have: one that crashes has done nothing wrong yet.
  public var cancelsPer10Seconds = 512
  /// Clients whose offences are remembered; where more offend within a minute, all are forgiven.
  public var rememberedAddresses = 16_384
  /// How long a drain waits for the calls in flight, and for clients that do not read their replies.
  public var drainMillis: UInt64 = 5_000
  /// How long a drain waits for the feedback log after that: a disk that hangs must not hold the process.
  public var closeMillis: UInt64 = 5_000

  // MARK: Another model

  /// Pauses before a model file that may be unfinished is looked at again, where nobody waits for the answer.
  public var reloadPausesMillis: [UInt64] = [100, 200, 400, 800, 1_600]

  /// The limits of a server without configuration.
  public init() {}

  /// The budget that a call gets, in milliseconds; 0 means that it is over before it began.
  ///
  /// - Parameter requested: the value on the wire; nil where the field is absent.
  public func budgetMillis(requested: UInt32?) -> UInt32 {
    switch requested {
    case nil: defaultBudgetMillis
    case .some(0): 0
    case .some(let value): min(max(value, minimumBudgetMillis), maximumBudgetMillis)
    }
  }
}
