/// One thing a user did with one tweet, as the feedback log keeps it.
public struct FeedbackEvent: Hashable, Sendable {
  /// Who.
  public var userID: UInt64
  /// With which tweet.
  public var tweetID: UInt64
  /// What; a raw value so that types of later versions survive a round trip.
  public var type: UInt32
  /// When, in Unix seconds.
  public var timestampSeconds: Int64
  /// The ranking that showed the tweet; 0: none.
  public var requestID: UInt64

  /// An event.
  public init(userID: UInt64, tweetID: UInt64, type: UInt32, timestampSeconds: Int64, requestID: UInt64) {
    self.userID = userID
    self.tweetID = tweetID
    self.type = type
    self.timestampSeconds = timestampSeconds
    self.requestID = requestID
  }
}

/// The event types of this version; raw values are those of the wire and of the log.
public enum EventType: UInt32, CaseIterable, Sendable {
  /// The tweet was shown.
  case impression = 1
  case click = 2
  case like = 3
  case retweet = 4
  case quote = 5
  case reply = 6
  case hide = 7
  case report = 8

  /// Whether the user took to the tweet, as engagements of the training data are; not so an impression or a rejection.
  public var isEngagement: Bool {
    switch self {
    case .impression, .hide, .report: false
    case .click, .like, .retweet, .quote, .reply: true
    }
  }

  /// What the event adds to the tweet's reward sum; an impression adds a trial instead.
  public var reward: Double {
    switch self {
    case .impression: 0
    case .click: 0.2
    case .like: 0.4
    case .retweet: 0.6
    case .quote: 0.8
    case .reply: 1.0
    case .hide: -0.5
    case .report: -1.0
    }
  }
}
