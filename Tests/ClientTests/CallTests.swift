import ApusClient
import Testing

/// What each call sends, and what of the reply it hands out.
@Suite struct CallTests {
  @Test("a ranking sends every field of the request and the envelope")
  func rankRequest() throws {
    let server = FakeServer { peer, _ in
      guard let call = peer.readCall(), let rank = call.messages(16).first else { return }
      let tweet = rank.messages(5).first
      let isRight =
        call.number(1) == 1 && call.number(2) == 4321 && call.number(3) == 2 && call.text(4) == "00-ab-cd-01"
        && rank.number(1) == 77 && rank.ids(2) == [5, .max] && rank.ids(3) == [8, 9] && rank.floats(4) == [0.5, -1]
        && rank.messages(5).count == 2 && tweet?.number(1) == 55 && tweet?.text(2) == "né" && tweet?.number(3) == 56
        && tweet?.number(4) == UInt64(Float(2.5).bitPattern) && rank.number(6) == 7 && rank.number(7) == 1
        && rank.number(8) == 1
      peer.reply(to: 1) { $0.ranking(isRight ? [1] : []) }
      peer.waitForEnd()
    }
    let connection = try #require(TestClient(server))
    defer { withExtendedLifetime(connection) {} }
    let client = connection.client
    apus_set_criticality(client, APUS_CRITICALITY_SHEDDABLE)
    #expect(apus_set_trace_parent(client, "00-ab-cd-01", 11) == APUS_OK)
    let ids: [UInt64] = [5, .max]
    let authors: [UInt64] = [8, 9]
    let scores: [Float] = [0.5, -1]
    var reply = apus_reply()
    defer { apus_reply_free(&reply) }
    "né".withCString { text in
      let tweets = [
        apus_new_tweet(tweet_id: 55, text: text, text_length: 3, author_id: 56, caller_score: 2.5), apus_new_tweet(),
      ]
      ids.withUnsafeBufferPointer { ids in
        authors.withUnsafeBufferPointer { authors in
          scores.withUnsafeBufferPointer { scores in
            tweets.withUnsafeBufferPointer { tweets in
              var request = apus_rank_request(
                user_id: 77, tweet_ids: ids.baseAddress, tweet_count: 2, author_ids: authors.baseAddress,
                caller_scores: scores.baseAddress, new_tweets: tweets.baseAddress, new_tweet_count: 2, limit: 7,
                explain: true, include_text: true)
              apus_rank(client, &request, 4321, &reply)
            }
          }
        }
      }
    }
    #expect(reply.status == APUS_OK)
    #expect(reply.ranking?.pointee.count == 1, "the server saw another request")
  }

  /// A ranking of two tweets with every field set.
  private static func fullRanking(_ writer: inout ProtoWriter) {
    writer.message(2) { $0.string(2, "fine") }
    writer.varint(3, 210)
    writer.varint(4, 34)
    writer.message(16) {
      $0.fixed64(1, 99)
      $0.ids(2, [7, 8])
      $0.floats(3, [1.5, -2])
      $0.floats(4, [0.9, 0.1])
      $0.varints(5, [0, 2])
      $0.message(6) {
        for name in ["svd", "text", "bandit"] { $0.string(1, name) }
        $0.floats(2, [1, 0.25, 0.25, -1, -1, 0])
        $0.floats(3, [1, 2, 3, 4, 5, 6])
      }
      $0.string(7, "first")
      $0.data(7, [])
      $0.varint(8, 1)
      $0.varint(9, 2)
      $0.varint(10, 3)
      $0.varint(11, 4)
      $0.message(12) {
        $0.varint(1, 5)
        $0.string(2, "text")
      }
      $0.string(13, "model-1")
      $0.string(14, "policy-2")
    }
  }

  @Test("a ranking hands out every field of the reply")
  func rankReply() throws {
    let server = FakeServer { peer, _ in
      guard let call = peer.readCall() else { return }
      peer.reply(to: call.number(1), Self.fullRanking)
      peer.waitForEnd()
    }
    try #require(TestClient(server)).rank { status, reply in
      #expect(status == APUS_OK && reply.status == APUS_OK)
      #expect(reply.call_id == 1 && reply.server_micros == 210 && reply.queue_micros == 34 && reply.text == "fine")
      guard let ranking = reply.ranking?.pointee, let signals = ranking.signals, let texts = ranking.texts else {
        Issue.record("a column is missing")
        return
      }
      #expect(reply.tweets == nil && reply.recorded == nil && reply.description == nil)
      #expect(ranking.request_id == 99 && ranking.count == 2)
      #expect(Array(UnsafeBufferPointer(start: ranking.tweet_ids, count: 2)) == [7, 8])
      #expect(Array(UnsafeBufferPointer(start: ranking.scores, count: 2)) == [1.5, -2])
      #expect(Array(UnsafeBufferPointer(start: ranking.propensities, count: 2)) == [0.9, 0.1])
      #expect(Array(UnsafeBufferPointer(start: ranking.familiarity, count: 2)) == [0, 2])
      #expect((0..<ranking.signal_count).map { signals[$0].map { String(cString: $0) } } == ["svd", "text", "bandit"])
      #expect(Array(UnsafeBufferPointer(start: ranking.contributions, count: 6)) == [1, 0.25, 0.25, -1, -1, 0])
      #expect(Array(UnsafeBufferPointer(start: ranking.signal_values, count: 6)) == [1, 2, 3, 4, 5, 6])
      #expect(texts[0].length == 5 && texts[0].bytes[0] == 102 && texts[1].length == 0 && texts[1].bytes != nil)
      #expect(ranking.user_known && ranking.explored_position == 2 && ranking.duplicates_removed == 3)
      #expect(ranking.values_replaced == 4 && ranking.degradation_level == 5 && ranking.skipped_signal_count == 1)
      #expect(String(cString: ranking.model_version) == "model-1")
      #expect(String(cString: ranking.policy_version) == "policy-2")
    }
  }

  @Test("every split of a reply gives the same answer as the whole")
  func splits() throws {
    let frameLength = FakePeer.frame(FakePeer.reply(to: 1, Self.fullRanking)).count
    let server = FakeServer { peer, _ in
      while let call = peer.readCall() {
        let frame = FakePeer.frame(FakePeer.reply(to: call.number(1), Self.fullRanking))
        let cut = Int(call.number(1)) % frameLength
        peer.write(Array(frame[..<cut]))
        // The pause lets the parts arrive apart.
        peer.pause(millis: 1)
        peer.write(Array(frame[cut...]))
      }
    }
    let client = try #require(TestClient(server))
    for _ in 0..<frameLength {
      client.rank { status, reply in
        #expect(status == APUS_OK, "\(reply.text)")
        #expect(reply.ranking?.pointee.count == 2)
      }
    }
  }

  @Test("recommended, similar and top tweets come as one kind of list")
  func lists() throws {
    let server = FakeServer { peer, _ in
      while let call = peer.readCall() {
        let similar = call.messages(18).first
        let top = call.messages(19).first
        peer.reply(to: call.number(1)) { writer in
          if let recommend = call.messages(17).first, recommend.number(1) == 6, recommend.number(2) == 3,
            recommend.number(4) == 1
          {
            writer.message(17) {
              $0.ids(1, [1])
              $0.floats(2, [0.5])
              $0.string(4, "popular")
              $0.string(6, "post_a")
              $0.fixed64(7, 77)
              $0.floats(8, [0.25])
              $0.string(9, "policy-1")
              $0.varint(11, 3)
              $0.varint(14, 500)
            }
          } else if similar?.number(1) == 9, similar?.text(2) == "some text", similar?.number(4) == 1,
            similar?.number(5) == 1
          {
            writer.message(18) {
              $0.ids(1, [2, 3])
              $0.floats(2, [1, 0.25])
              $0.string(3, "two")
              $0.string(3, "three")
              $0.string(4, "model-1")
              $0.string(5, "post_b")
              $0.string(5, "")
            }
          } else if top?.number(1) == 1 {
            writer.message(19) {
              $0.ids(1, [4])
              $0.doubles(2, [1e-300])
            }
          }
        }
      }
    }
    let connection = try #require(TestClient(server))
    defer { withExtendedLifetime(connection) {} }
    let client = connection.client
    var reply = apus_reply()
    var recommend = apus_recommend_request(user_id: 6, limit: 3, include_text: false, include_names: true)
    #expect(apus_recommend(client, &recommend, 5000, &reply) == APUS_OK)
    #expect(reply.tweets.map { $0.pointee.count == 1 && $0.pointee.values[0] == 0.5 } == true)
    #expect(reply.tweets.map { String(cString: $0.pointee.source) } == "popular")
    #expect(Self.names(reply) == ["post_a"])
    let told = try #require(reply.tweets?.pointee.recommendation?.pointee)
    #expect(told.request_id == 77 && told.propensities[0] == 0.25 && String(cString: told.policy_version) == "policy-1")
    #expect(told.compute_reason == Int32(APUS_COMPUTED_TIMEOUT.rawValue) && told.candidates == 500)
    #expect(!told.user_known && told.explored_position == 0 && told.degradation_level == 0 && told.made_at == 0)
    apus_reply_free(&reply)
    "some text".withCString { text in
      var similar = apus_similar_request(
        tweet_id: 9, text: text, text_length: 9, limit: 0, include_text: true, include_names: true)
      #expect(apus_similar(client, &similar, 5000, &reply) == APUS_OK)
    }
    #expect(reply.tweets.map { $0.pointee.values[1] == 0.25 && $0.pointee.texts[1].length == 5 } == true)
    #expect(Self.names(reply) == ["post_b", ""])
    apus_reply_free(&reply)
    var top = apus_top_request(order: APUS_TOP_POPULARITY, limit: 0, include_text: false, include_names: false)
    #expect(apus_top(client, &top, 5000, &reply) == APUS_OK)
    #expect(reply.tweets.map { $0.pointee.values[0] == 1e-300 && $0.pointee.texts == nil } == true)
    #expect(reply.tweets.map { $0.pointee.names == nil && $0.pointee.recommendation == nil } == true)
    apus_reply_free(&reply)
  }

  /// The names of a list's tweets; nil where there is no list, or one without names.
  private static func names(_ reply: apus_reply) -> [String]? {
    guard let list = reply.tweets?.pointee, let names = list.names else { return nil }
    return (0..<list.count).map { index in
      let bytes = UnsafeRawBufferPointer(start: names[index].bytes, count: names[index].length)
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  @Test("events are sent as columns, and the optional ones only when a row has them")
  func events() throws {
    let server = FakeServer { peer, _ in
      while let call = peer.readCall(), let record = call.messages(20).first {
        let isFull = record.ids(4) == [0, 1_700_000_000] && record.ids(5) == [12, 0]
        let isRight =
          record.ids(1) == [1, 2] && record.ids(2) == [3, 4] && record.data(3) == [3, 7]
          && (isFull || (!record.has(4) && !record.has(5)))
        peer.reply(to: call.number(1)) {
          $0.message(2) { $0.varint(4, 1) }
          $0.message(20) {
            $0.varint(1, isRight ? 2 : 0)
            $0.varint(2, isFull ? 41 : 40)
          }
        }
      }
    }
    let connection = try #require(TestClient(server))
    defer { withExtendedLifetime(connection) {} }
    let client = connection.client
    var rows = [
      apus_event(user_id: 1, tweet_id: 3, type: APUS_EVENT_LIKE, timestamp: 0, request_id: 0),
      apus_event(user_id: 2, tweet_id: 4, type: APUS_EVENT_HIDE, timestamp: 0, request_id: 0),
    ]
    for sequence: UInt64 in [40, 41] {
      var reply = apus_reply()
      #expect(apus_record(client, rows, 2, 5000, &reply) == APUS_OK)
      #expect(reply.executed)
      #expect(reply.recorded.map { $0.pointee.recorded == 2 && $0.pointee.last_sequence == sequence } == true)
      apus_reply_free(&reply)
      rows[1].timestamp = 1_700_000_000
      rows[0].request_id = 12
    }
  }
}
