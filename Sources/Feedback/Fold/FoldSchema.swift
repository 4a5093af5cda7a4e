/// Names in a snapshot of the folded state: a safetensors file, so that any tool can look at it.
enum FoldSchema {
  /// Metadata: what the file is, and of which version of this schema.
  static let format = "format"
  static let formatName = "apus-feedback-state"
  static let version = "format_version"
  static let versionNumber = "2"
  /// Metadata: up to where the shared stream was read.
  static let streamPosition = "stream_position"
  /// Metadata: how many events were folded.
  static let events = "events"

  // U32 [n], U64 [n], U32 [n, 8], I64 [n], U32 [n]: ascending by day and tweet; expected engagements in 2^-24.
  static let armDay = "arms.day"
  static let armTweet = "arms.tweet"
  static let armCounts = "arms.counts"
  static let armExpected = "arms.expected"
  static let armExpectedTrials = "arms.expected_trials"
  // U64 [n], U32 [n], U32 [n, 24] twice: ascending by tweet; bucket b at b mod 24.
  static let trendTweet = "trends.tweet"
  static let trendNewest = "trends.newest"
  static let trendFine = "trends.fine"
  static let trendCoarse = "trends.coarse"
  // U64 [n], ascending; of each list `.offsets` U64 [n + 1], `.tweet` U64 and `.time` U32, newest first.
  static let user = "users.id"
  static let engaged = "users.engaged"
  static let shown = "users.shown"
  // U64 [n], U64 [n], U32 [n], ascending by time and id; `.offsets` U64 [n + 1], `.tweet` U64, `.counted` U8: bit t − 1
  // for an event of type t; U8 [n], features an item, and `.feature` I16 of all items, one ranking after the other.
  static let rankingID = "rankings.id"
  static let rankingUser = "rankings.user"
  static let rankingTime = "rankings.time"
  static let items = "rankings.items"
  static let rankingWidth = "rankings.width"
  // U64 [n], U32 [n]: ascending by key.
  static let engagementKey = "engagements.key"
  static let engagementTime = "engagements.time"
  // Five columns of events, by time.
  static let waiting = "waiting"
  // I64 [m]: sums over events, see ContextualState.
  static let contextual = "contextual.sums"
  // F64 [types + 1], I64 [1].
  static let weights = "rewards.weight"
  static let weightsTime = "rewards.time"
  // U32 [4], U64 [4], U8 [4]: of arms, trends, users and rankings; 0 in the last: nothing was dropped.
  static let floorTime = "floors.time"
  static let floorID = "floors.id"
  static let floorIsSet = "floors.is_set"
  // U64 [n] twice, ascending by node; U64 [n] twice, our own names and the first entry of each, oldest first; U64 [n],
  // oldest first. Not part of the digest.
  static let cursorNode = "cursors.node"
  static let cursorSequence = "cursors.sequence"
  static let ownNode = "own.node"
  static let ownFirst = "own.first"
  static let keys = "keys"
}
