import ApusClient

/// Requests drawn before the run, which then only refers to them: no drawing, hashing or reading of files is timed.
///
/// Immutable after `init` and therefore shared by all threads.
final class RequestPool: @unchecked Sendable {
  /// What requests are drawn from.
  struct Ingredients {
    var candidates: Mix<Int>
    /// The share in 0...1 of a request's candidates that carries text.
    var newTextShare: Double
    var explains: Bool
    var users: IDSource
    var tweets: IDSource
    /// Texts to send.
    var texts: [[UInt8]]
  }

  /// About this many candidate ids are held, so that the pool, and not the cache of one request, meets the server.
  private static let idsHeld = 1 << 20

  private let requests: UnsafeMutableBufferPointer<apus_rank_request>
  private let tweetIDs: UnsafeMutableBufferPointer<UInt64>
  private let newTweets: UnsafeMutableBufferPointer<apus_new_tweet>
  private let textBytes: UnsafeMutableBufferPointer<CChar>

  var count: Int { requests.count }

  init(_ ingredients: Ingredients, seed: UInt64) {
    var generator = SplitMix(seed: seed)
    let mean = ingredients.candidates.mean(Double.init)
    let count = max(16, min(4096, Int(Double(Self.idsHeld) / max(1, mean))))
    let sizes = (0..<count).map { _ in
      let all = ingredients.candidates.draw(using: &generator)
      let withText = Int((Double(all) * ingredients.newTextShare).rounded())
      return (plain: all - withText, withText: withText)
    }
    requests = .allocate(capacity: count)
    tweetIDs = .allocate(capacity: sizes.reduce(0) { $0 + $1.plain })
    newTweets = .allocate(capacity: sizes.reduce(0) { $0 + $1.withText })
    textBytes = .allocate(capacity: ingredients.texts.reduce(0) { $0 + $1.count })
    let pieces = Self.place(ingredients.texts, in: textBytes)

    var plainBefore = 0
    var textBefore = 0
    for (index, size) in sizes.enumerated() {
      let ids = ingredients.tweets.drawDistinct(size.plain, using: &generator)
      _ = tweetIDs[plainBefore...].initialize(fromContentsOf: ids)
      for row in 0..<size.withText {
        let piece = pieces.randomElement(using: &generator)
        newTweets.initializeElement(
          at: textBefore + row,
          to: apus_new_tweet(
            tweet_id: generator.next(), text: piece?.text, text_length: piece?.length ?? 0, author_id: 0,
            caller_score: 0))
      }
      var request = apus_rank_request()
      request.user_id = ingredients.users.draw(using: &generator)
      request.tweet_ids = UnsafePointer(tweetIDs.baseAddress.map { $0 + plainBefore })
      request.tweet_count = size.plain
      request.new_tweets = UnsafePointer(newTweets.baseAddress.map { $0 + textBefore })
      request.new_tweet_count = size.withText
      request.explain = ingredients.explains
      requests.initializeElement(at: index, to: request)
      plainBefore += size.plain
      textBefore += size.withText
    }
  }

  deinit {
    requests.deallocate()
    tweetIDs.deallocate()
    newTweets.deallocate()
    textBytes.deallocate()
  }

  /// The request at `index` modulo `count`; it points into the pool.
  subscript(index: Int) -> apus_rank_request { requests[index % requests.count] }

  private static func place(
    _ texts: [[UInt8]], in bytes: UnsafeMutableBufferPointer<CChar>
  ) -> [(text: UnsafePointer<CChar>?, length: Int)] {
    var offset = 0
    return texts.map { text in
      let start = offset
      for byte in text {
        bytes.initializeElement(at: offset, to: CChar(bitPattern: byte))
        offset += 1
      }
      return (UnsafePointer(bytes.baseAddress.map { $0 + start }), text.count)
    }
  }
}
