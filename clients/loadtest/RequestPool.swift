import ApusClient

/// Requests drawn before the run, which then only refers to them: no drawing, hashing or reading of files is timed.
///
/// Immutable after `init` and therefore shared by all threads.
final class RequestPool: @unchecked Sendable {
  /// About this many candidate ids are held, so that the pool, and not the cache of one request, meets the server.
  private static let idsHeld = 1 << 20

  private let requests: UnsafeMutableBufferPointer<apus_rank_request>
  private let tweetIDs: UnsafeMutableBufferPointer<UInt64>
  private let newTweets: UnsafeMutableBufferPointer<apus_new_tweet>
  private let textBytes: UnsafeMutableBufferPointer<CChar>

  var count: Int { requests.count }

  /// - Parameters:
  ///   - candidates: candidates in each request, of which the share `newTextShare` in 0...1 carries text.
  ///   - texts: texts to send, in turn at random.
  init(
    candidates: Int, newTextShare: Double, explains: Bool, users: IDSource, tweets: IDSource, texts: [[UInt8]],
    seed: UInt64
  ) {
    let withText = Int((Double(candidates) * newTextShare).rounded())
    let plain = candidates - withText
    let count = max(16, min(4096, Self.idsHeld / max(1, candidates)))
    requests = .allocate(capacity: count)
    tweetIDs = .allocate(capacity: count * plain)
    newTweets = .allocate(capacity: count * withText)
    textBytes = .allocate(capacity: texts.reduce(0) { $0 + $1.count })
    let pieces = Self.place(texts, in: textBytes)

    var generator = SplitMix(seed: seed)
    for index in 0..<count {
      let ids = tweets.drawDistinct(plain, using: &generator)
      _ = tweetIDs[(index * plain)...].initialize(fromContentsOf: ids)
      for row in 0..<withText {
        let piece = pieces.randomElement(using: &generator)
        newTweets.initializeElement(
          at: index * withText + row,
          to: apus_new_tweet(
            tweet_id: generator.next(), text: piece?.text, text_length: piece?.length ?? 0, author_id: 0,
            caller_score: 0))
      }
      var request = apus_rank_request()
      request.user_id = users.draw(using: &generator)
      request.tweet_ids = UnsafePointer(tweetIDs.baseAddress.map { $0 + index * plain })
      request.tweet_count = plain
      request.new_tweets = UnsafePointer(newTweets.baseAddress.map { $0 + index * withText })
      request.new_tweet_count = withText
      request.explain = explains
      requests.initializeElement(at: index, to: request)
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
