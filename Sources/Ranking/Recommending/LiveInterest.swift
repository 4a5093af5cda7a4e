/// What has happened since the model was trained that bears on what to show a user: ids, because the model's rows may be
/// other ones than those it was recorded with.
public struct LiveInterest: Sendable, Equatable {
  /// Tweets that the user has engaged with or rejected since: left out.
  public var engaged: [UInt64]
  /// Tweets that many engage with now, most first: candidates.
  public var trending: [UInt64]

  /// Nothing unless given.
  public init(engaged: [UInt64] = [], trending: [UInt64] = []) {
    self.engaged = engaged
    self.trending = trending
  }

  /// Nothing has happened.
  public static let none = LiveInterest()
}
