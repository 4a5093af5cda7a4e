import ServerSupport
import Ranking
import Testing

@testable import Wire

@Suite("Calls")
struct RequestDecoderTests {
  let decoding = Decoding()

  @Test("a Rank call arrives with every field, and its columns lie in the arena")
  func rankArrivesWhole() throws {
    let call = try decoding.call(Valid.rank)
    #expect(call.id == Valid.id && call.budgetMillis == 150 && call.criticality == .critical)
    #expect(String(decoding: call.traceParent, as: UTF8.self).hasPrefix("00-4bf92f"))
    guard case .rank(let query) = call.method else { throw WireError(callID: 0, status: .ok) }
    #expect(query.userID == 77 && Array(query.tweetIDs) == [10, 20, 30] && Array(query.authorIDs) == [1, 2, 3])
    #expect(Array(query.callerScores) == [0.5, -1, 2])
    #expect(query.limit == 2 && query.explains && query.includesText && query.candidateCount == 4)
    let tweet = try #require(query.newTweets.first)
    #expect(tweet.tweetID == 40 && tweet.authorID == 4 && tweet.callerScore == 0.25)
    #expect(String(decoding: tweet.text, as: UTF8.self) == "swifts sleep on the wing")
    #expect(UInt(bitPattern: query.tweetIDs.baseAddress) % 16 == 0)
  }

  @Test("the other methods arrive with every field")
  func otherMethodsArriveWhole() throws {
    guard case .recommend(let recommend) = try decoding.call(Valid.recommend).method,
      recommend == RecommendQuery(userID: 77, limit: 5, includesText: true, includesNames: true)
    else { throw WireError(callID: 1, status: .ok) }
    guard case .similar(let similar) = try decoding.call(Valid.similar).method,
      similar.tweetID == 10, similar.limit == 5, similar.includesText, similar.includesNames,
      String(decoding: similar.text, as: UTF8.self) == "a nest under the eaves"
    else { throw WireError(callID: 2, status: .ok) }
    guard case .top(let top) = try decoding.call(Valid.top).method,
      top == TopQuery(order: .popularity, limit: 5, includesText: true, includesNames: true)
    else { throw WireError(callID: 3, status: .ok) }
    guard case .describe = try decoding.call(Valid.describe).method else { throw WireError(callID: 4, status: .ok) }
    guard case .record(let events) = try decoding.call(Valid.record).method else {
      throw WireError(callID: 5, status: .ok)
    }
    #expect(
      events.events(receivedAtSeconds: 1_700_000_000) == [
        FeedbackEvent(userID: 1, tweetID: 10, type: 3, timestampSeconds: 1_600_000_000, requestID: 9),
        FeedbackEvent(userID: 2, tweetID: 20, type: 4, timestampSeconds: 1_600_000_001, requestID: 0),
      ])
  }

  @Test("a reload names a file, nothing or the model before, and not two of them")
  func reloads() throws {
    guard case .reload(let path, false) = try decoding.call(Valid.reload).method else { throw TestFailure("no reload") }
    #expect(Array(path) == Array("models/next".utf8))
    guard
      case .reload(let none, true) = try decoding.call(
        Valid.call { $0.message(Field.reloadModel) { $0.varint(2, 1) } }
      ).method
    else { throw TestFailure("no rollback") }
    #expect(none.isEmpty)
    let both = try decoding.error(
      Valid.call { call in
        call.message(Field.reloadModel) {
          $0.payload(1, [65])
          $0.varint(2, 1)
        }
      })
    #expect(both.status.code == .invalidArgument && both.status.message.contains("rollback"))
    let long = try decoding.error(
      Valid.call { $0.message(Field.reloadModel) { $0.payload(1, .init(repeating: 65, count: 4_097)) } })
    #expect(long.status.code == .invalidArgument && long.status.message.contains("4097"))
  }

  @Test("what events are worth comes back as it was written; none is only a question")
  func rewardsRoundTrip() throws {
    guard case .setRewards(let change) = try decoding.call(Valid.setRewards).method else {
      throw WireError(callID: 0, status: .ok)
    }
    #expect(change.weights == [.like: 0.5, .hide: -10])
    guard case .setRewards(let none) = try decoding.call(Valid.call { $0.payload(Field.setRewards, []) }).method else {
      throw WireError(callID: 0, status: .ok)
    }
    #expect(none.isEmpty)
  }

  @Test(
    "weights that are not allowed are refused, with the value and the type",
    arguments: [
      ([3], [10.5], "reward of like = 10.5"), ([7], [-11], "reward of hide = -11.0"),
      ([3], [.nan], "reward of like = nan"),
      ([3], [.infinity], "reward of like = inf"), ([1], [0.5], "reward of impression = 0.5"),
      ([0], [1], "event type 0"),
      ([9], [1], "event type 9"), ([4_294_967_295], [1], "event type 4294967295"),
      ([3, 4], [1], "weights has 1 values beside 2 types"), ([], [1], "weights has 1 values beside 0 types"),
      ([3, 4, 3], [1, 2, -3], "reward of like = -3.0"),
    ] as [([UInt64], [Double], String)])
  func F35_rewardsAreWithinTheirRange(types: [UInt64], weights: [Double], part: String) throws {
    let error = try decoding.error(Valid.call { $0.message(Field.setRewards) { $0.rewards(types, weights) } })
    #expect(error.status.code == .invalidArgument && !error.status.executed)
    #expect(error.status.message.contains(part), "\(error.status)")
  }

  @Test("random Rank calls come back as they were written")
  func randomCallsRoundTrip() throws {
    var dice = Dice(1)
    for _ in 0..<200 {
      let ids = (0..<Int.random(in: 0..<60, using: &dice)).map { _ in dice.next() }
      let scores = Bool.random(using: &dice) ? ids.map { _ in Float(bitPattern: UInt32(dice.next() >> 32)) } : []
      let authors = Bool.random(using: &dice) ? ids.map { _ in dice.next() } : []
      let texts = (0..<Int.random(in: 0..<4, using: &dice)).map { _ in
        dice.bytes(Int.random(in: 0...300, using: &dice))
      }
      let (id, user) = (dice.next() | 1, dice.next())
      let call = try decoding.call(
        MessageWriter.make { call in
          call.varint(Field.id, id)
          call.message(Field.rank) { rank in
            rank.fixed64(1, user)
            rank.column(2, ids)
            rank.column(3, authors)
            rank.column(4, scores)
            for (index, text) in texts.enumerated() {
              rank.message(5) { tweet in
                tweet.fixed64(1, UInt64(index))
                tweet.payload(2, text)
              }
            }
          }
        })
      guard case .rank(let query) = call.method else { throw WireError(callID: id, status: .ok) }
      #expect(
        call.id == id && query.userID == user && Array(query.tweetIDs) == ids && Array(query.authorIDs) == authors)
      // As bits, since a NaN is not equal to itself.
      #expect(query.callerScores.map(\.bitPattern) == scores.map(\.bitPattern))
      #expect(query.newTweets.map { Array($0.text) } == texts)
    }
  }

  @Test("an empty payload is a bad call, not a bad connection")
  func F03_anEmptyFrameIsAnInvalidCall() throws {
    let error = try decoding.error([])
    #expect(error.callID == 0 && error.status.code == .invalidArgument && error.status.reason == .callID)
  }

  @Test("a call without a method, or with one of a later version, is unimplemented")
  func F14_missingAndUnknownMethodsAreUnimplemented() throws {
    let missing = try decoding.error(Valid.call { _ in })
    #expect(missing.callID == Valid.id && missing.status.code == .unimplemented)
    for field: UInt64 in [28, 30, 1_000, 536_870_911] {
      let unknown = try decoding.error(
        Valid.call { call in
          call.varint(99, 1)
          call.message(field) { $0.fixed64(1, 7) }
        })
      #expect(unknown.callID == Valid.id && unknown.status.code == .unimplemented)
      #expect(unknown.status.message.contains("field \(field)"))
    }
  }

  @Test("call id 0 and a missing id are refused, and every Reply sent as a Call is", arguments: [0, 1, 2, 3])
  func F17_idZeroAndRepliesAreInvalid(kind: Int) throws {
    if kind == 0 {
      for payload in [MessageWriter.make { $0.payload(Field.describe, []) }, [0x08, 0x00] + [0xAA, 0x01, 0x00]] {
        let error = try decoding.error(payload)
        #expect(error.callID == 0 && error.status.code == .invalidArgument && error.status.reason == .callID)
      }
      return
    }
    var encoder = ReplyEncoder(limits: Limits())
    var out = ByteBuffer()
    let bodies: [ReplyBody] = [.none, .recorded(count: 3, lastSequence: 9), .goAway(lastCallID: 4)]
    try encoder.encode(ReplyHeader(id: 9, serverMicros: 5), bodies[kind - 1], appendingTo: &out)
    let error = try decoding.error(out.withBytes { Array($0.dropFirst(4)) })
    #expect(error.callID == 9 && error.status.code == .invalidArgument && error.status.reason == .malformed)
    #expect(error.status.message.contains("Reply"))
  }

  @Test("a Reply that was stripped of its status is still told from a Call by its notice")
  func F17_aBareGoAwayIsInvalid() throws {
    let error = try decoding.error(Valid.call { $0.message(Field.goAway) { $0.varint(1, 7) } })
    #expect(error.callID == Valid.id && error.status.reason == .malformed)
  }

  @Test("unknown enum values pass as they are")
  func F31_unknownEnumValuesPass() throws {
    let call = try decoding.call(
      Valid.call { call in
        call.varint(Field.criticality, 77)
        call.message(Field.record) { request in
          request.column(1, [1, 2] as [UInt64])
          request.column(2, [10, 20] as [UInt64])
          request.payload(3, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 99])
        }
      })
    #expect(call.criticality == Criticality(rawValue: 77))
    guard case .record(let events) = call.method else { throw WireError(callID: 0, status: .ok) }
    #expect(Array(events.types) == [0xFFFF_FFFF, 99])
    guard case .top(let top) = try decoding.call(Valid.call { $0.message(Field.top) { $0.varint(1, 12) } }).method
    else { throw WireError(callID: 0, status: .ok) }
    #expect(top.order == TopOrder(rawValue: 12))
  }

  @Test("unknown fields beside a known method change nothing")
  func unknownFieldsAreIgnored() throws {
    let call = try decoding.call(
      Valid.call { call in
        call.varint(50, 1)
        call.payload(51, [1, 2, 3])
        call.message(Field.recommend) { request in
          request.fixed64(1, 5)
          request.fixed32(77, 6)
        }
      })
    guard case .recommend(let query) = call.method else { throw WireError(callID: 0, status: .ok) }
    #expect(query == RecommendQuery(userID: 5, limit: 10, includesText: false))
  }

  @Test("a repeated method replaces the one before, and never merges with it")
  func aRepeatedMethodReplaces() throws {
    let call = try decoding.call(
      Valid.call { call in
        call.message(Field.rank) { $0.column(2, [1, 2, 3] as [UInt64]) }
        call.message(Field.rank) { $0.column(2, [4] as [UInt64]) }
      })
    guard case .rank(let query) = call.method else { throw WireError(callID: 0, status: .ok) }
    #expect(Array(query.tweetIDs) == [4])
  }
}
