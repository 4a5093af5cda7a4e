/// The tweets that are engaged with most now, most first. One thread publishes, any thread reads.
public final class TrendingTweets: Sendable {
  /// How many are published.
  public static let count = 64

  private let published = Monitor<[UInt64]>([])

  init() {}

  /// At most ``count`` ids, among them such as no model knows. Any thread; a reader holds the lock for as long as it takes
  /// to count a reference.
  public var ids: [UInt64] { published.change { $0 } }

  /// One thread.
  func publish(_ ids: [UInt64]) { published.change { $0 = ids } }
}
