import Ranking
import Testing
import Wire

@testable import Serving

@Suite("SimilarTweets and TopTweets")
struct ListTests {
  @Test("an unknown tweet without text is NOT_FOUND, by its id")
  func unknownTweet() throws {
    let bench = try WorkerBench()
    let (outcome, answer) = try bench.answer(.similar(1, tweet: 987_654_321))
    #expect(outcome == .refused && answer.status.code == .notFound && !answer.status.executed)
    #expect(answer.status.message.contains("987654321"), "\(answer)")
  }

  @Test("an unknown tweet with text is compared by its text: a tweet's own text finds that tweet first")
  func byText() throws {
    let bench = try WorkerBench()
    for tweet in bench.world.tweets.prefix(20) {
      let text = String(decoding: try bench.world.text(of: tweet), as: UTF8.self)
      let (outcome, answer) = try bench.answer(.similar(1, tweet: 987_654_321, text: text, limit: 5))
      #expect(outcome == .replied && answer.tweets.count == 5)
      #expect(answer.similarities.first ?? 0 > 0.999, "\(answer)")
      #expect(zip(answer.similarities, answer.similarities.dropFirst()).allSatisfy { $0 >= $1 })
      let own = try #require(answer.tweets.firstIndex(of: tweet))
      #expect(answer.similarities[own] > 0.999)
    }
    let (_, nothing) = try bench.answer(.similar(1, tweet: 987_654_321, text: "zzzz qqqq"))
    #expect(nothing.status.code == .ok && nothing.tweets.isEmpty)
  }

  @Test("a known tweet is compared by its vector, whatever text comes with it, and is not in its own list")
  func byTweet() throws {
    let bench = try WorkerBench()
    let tweet = bench.world.tweets[7]
    let (_, plain) = try bench.answer(.similar(1, tweet: tweet))
    #expect(plain.tweets.count == Limits().defaultListedTweets && !plain.tweets.contains(tweet))
    let (_, withText) = try bench.answer(.similar(1, tweet: tweet, text: "zzzz qqqq"))
    #expect(withText.tweets == plain.tweets && withText.similarities == plain.similarities)
    let (_, withTexts) = try bench.answer(.similar(1, tweet: tweet, limit: 3, includesText: true))
    #expect(withTexts.tweets == Array(plain.tweets.prefix(3)))
    #expect(withTexts.texts == (try withTexts.tweets.map { try bench.world.text(of: $0) }))
  }

  @Test("top tweets come in the asked order with what they are ordered by", arguments: [0, 1, 99])
  func topOrders(order: UInt64) throws {
    let bench = try WorkerBench()
    // An order of a later version counts as PageRank.
    let expected = bench.world.top(order == 1 ? .popularity : .pageRank)
    for limit in [1, 7, 400, 1_000] {
      let (outcome, answer) = try bench.answer(.top(1, order: order, limit: UInt64(limit)))
      #expect(outcome == .replied)
      #expect(answer.tweets == expected.prefix(limit).map(\.tweet))
      #expect(answer.values == expected.prefix(limit).map(\.value))
      #expect(answer.texts.isEmpty)
    }
  }

  @Test("a list's limit of 0 is the default, one over the cap is refused with both numbers")
  func limits() throws {
    var limits = Limits()
    (limits.defaultListedTweets, limits.listedTweets) = (4, 6)
    let bench = try WorkerBench(limits: limits)
    for call in [Call.top(1), .similar(1, tweet: bench.world.tweets[0])] {
      #expect(try bench.answer(call).answer.tweets.count == 4)
    }
    for call in [Call.top(1, limit: 7), .similar(1, tweet: bench.world.tweets[0], limit: 7)] {
      let (outcome, answer) = try bench.answer(call)
      #expect(outcome == .malformed && answer.status.code == .invalidArgument)
      #expect(answer.status.message == "limit 7 is over 6")
    }
  }

  @Test("texts come as the model holds them, and an answer after one with texts has none")
  func texts() throws {
    let bench = try WorkerBench()
    let (_, answer) = try bench.answer(.top(1, limit: 5, includesText: true))
    #expect(answer.texts == (try answer.tweets.map { try bench.world.text(of: $0) }))
    #expect(try bench.answer(.top(1, limit: 5)).answer.texts.isEmpty)
  }

  @Test("names come when asked for, one a tweet, empty where the key is the id in decimal")
  func names() throws {
    let bench = try WorkerBench()
    let tweet = bench.world.tweets[7]
    for call in [Call.top(1, limit: 5, includesNames: true), .similar(1, tweet: tweet, limit: 5, includesNames: true)] {
      let (_, answer) = try bench.answer(call)
      #expect(answer.tweets.count == 5 && answer.names == answer.tweets.map { _ in [] } && answer.texts.isEmpty)
    }
    for call in [Call.top(1, limit: 5), .similar(1, tweet: tweet, limit: 5)] {
      #expect(try bench.answer(call).answer.names.isEmpty)
    }
  }
}
