import ServerSupport
import Ranking
import Testing

@testable import Wire

@Suite("Limits of a call")
struct RequestLimitsTests {
  let decoding = Decoding()

  func rank(_ fill: (inout MessageWriter) -> Void) -> [UInt8] { Valid.call { $0.message(Field.rank, fill) } }

  func newTweet(_ rank: inout MessageWriter, text: [UInt8] = []) {
    rank.message(5) { tweet in
      tweet.fixed64(1, 9)
      tweet.payload(2, text)
    }
  }

  /// The refusal, whose message must hold each of the values.
  func expectRefusal(_ payload: [UInt8], naming values: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    guard case .failure(let error) = decoding.decode(payload) else {
      Issue.record("was accepted", sourceLocation: sourceLocation)
      return
    }
    #expect(error.callID == Valid.id && error.status.code == .invalidArgument, sourceLocation: sourceLocation)
    for value in values where !error.status.message.contains(value) {
      Issue.record("\(error) does not hold \(value)", sourceLocation: sourceLocation)
    }
  }

  @Test("no candidates is fine, the limit is fine, one more is refused, new tweets included")
  func F26_candidatesAreCountedOverBothLists() throws {
    let ids = [UInt64](repeating: 7, count: 5_000)
    for payload in [rank { _ in }, rank { $0.column(2, ids) }] {
      guard case .rank = try decoding.call(payload).method else { throw WireError(callID: 0, status: .ok) }
    }
    expectRefusal(rank { $0.column(2, ids + [8]) }, naming: ["5001", "5000"])
    expectRefusal(
      rank { rank in
        rank.column(2, ids)
        newTweet(&rank)
      }, naming: ["5001", "5000"])
    expectRefusal(
      rank { rank in
        for _ in 0..<5_001 { newTweet(&rank) }
      }, naming: ["5001", "5000"])
  }

  @Test("duplicates are delivered as they came; removing them is the ranking's part")
  func F26_duplicatesAreDelivered() throws {
    guard case .rank(let query) = try decoding.call(rank { $0.column(2, [3, 3, 1, 3] as [UInt64]) }).method
    else { throw WireError(callID: 0, status: .ok) }
    #expect(Array(query.tweetIDs) == [3, 3, 1, 3])
  }

  @Test("an optional column is empty or as long as its sibling", arguments: [1, 2, 4, 5])
  func optionalColumnsMatchTheirSibling(count: Int) {
    let ids: [UInt64] = [1, 2, 3]
    let other = [UInt64](repeating: 9, count: count)
    expectRefusal(
      rank { rank in
        rank.column(2, ids)
        rank.column(3, other)
      }, naming: ["author_ids", "\(count)", "3"])
    expectRefusal(
      rank { rank in
        rank.column(2, ids)
        rank.column(4, other.map { Float($0) })
      }, naming: ["caller_scores", "\(count)", "3"])
    let names = [2: "tweet_ids", 3: "types", 4: "timestamps", 5: "request_ids"]
    for odd in [2, 3, 4, 5] {
      let payload = Valid.call { call in
        call.message(Field.record) { request in
          for field in 1...5 {
            let values = field == odd ? other : ids
            if field == 3 {
              request.payload(3, values.map { UInt8($0) })
            } else {
              request.column(UInt64(field), values)
            }
          }
        }
      }
      expectRefusal(payload, naming: [names[odd] ?? "", "\(count)", "3"])
    }
  }

  @Test("events need a tweet and a type each")
  func eventColumnsAreNotOptional() {
    for present in [[1], [1, 2], [1, 3], [2, 3]] {
      let payload = Valid.call { call in
        call.message(Field.record) { request in
          for field in present { request.payload(UInt64(field), [UInt8](repeating: 1, count: field == 3 ? 1 : 8)) }
        }
      }
      expectRefusal(payload, naming: ["1", "0"])
    }
  }

  @Test("too many events are refused")
  func tooManyEvents() throws {
    func record(_ count: Int) -> [UInt8] {
      Valid.call { call in
        call.message(Field.record) { request in
          request.column(1, [UInt64](repeating: 1, count: count))
          request.column(2, [UInt64](repeating: 2, count: count))
          request.payload(3, [UInt8](repeating: 1, count: count))
        }
      }
    }
    guard case .record(let events) = try decoding.call(record(5_000)).method
    else { throw WireError(callID: 0, status: .ok) }
    #expect(events.count == 5_000)
    guard case .record(let none) = try decoding.call(record(0)).method else { throw WireError(callID: 0, status: .ok) }
    #expect(none.count == 0 && none.events(receivedAtSeconds: 5).isEmpty)
    expectRefusal(record(5_001), naming: ["5001", "5000"])
  }

  @Test("a text of the limit passes, one byte more is refused, whatever the bytes are")
  func F29_textsAreCappedByBytes() throws {
    var dice = Dice(29)
    let text = dice.bytes(4_096)
    guard case .rank(let query) = try decoding.call(rank { newTweet(&$0, text: text) }).method,
      case .similar(let similar) = try Decoding().call(Valid.call { $0.message(Field.similar) { $0.payload(2, text) } })
        .method
    else { throw WireError(callID: 0, status: .ok) }
    #expect(Array(query.newTweets[0].text) == text && similar.text.count == 4_096)
    expectRefusal(
      rank { rank in
        newTweet(&rank)
        newTweet(&rank, text: text + [0])
      }, naming: ["new_tweets[1].text", "4097", "4096"])
    expectRefusal(Valid.call { $0.message(Field.similar) { $0.payload(2, text + [0]) } }, naming: ["4097", "4096"])
    expectRefusal(Valid.call { $0.payload(Field.traceParent, [UInt8](repeating: 1, count: 257)) }, naming: ["257"])
  }

  @Test("a Rank limit may exceed its candidates; lists have a default and a cap", arguments: [17, 18, 19] as [UInt64])
  func limitsOfLists(method: UInt64) throws {
    guard case .rank(let query) = try decoding.call(rank { $0.varint(6, 0xFFFF_FFFF) }).method
    else { throw WireError(callID: 0, status: .ok) }
    #expect(query.limit == 0xFFFF_FFFF)
    let field: UInt64 = method == Field.similar ? 3 : 2
    for (asked, given) in [(0, 10), (1, 1), (1_000, 1_000)] {
      let call = try decoding.call(Valid.call { $0.message(method) { $0.varint(field, UInt64(asked)) } })
      switch call.method {
      case .recommend(let query): #expect(query.limit == given)
      case .similar(let query): #expect(query.limit == given)
      case .top(let query): #expect(query.limit == given)
      default: Issue.record("\(call.method)")
      }
    }
    expectRefusal(Valid.call { $0.message(method) { $0.varint(field, 1_001) } }, naming: ["1001", "1000"])
  }

  @Test("any float passes: NaN, infinities, subnormals", arguments: [0x7FC0_0000, 0xFF80_0000, 1, 0x7F7F_FFFF])
  func F27_anyFloatPasses(bits: UInt32) throws {
    let payload = rank { rank in
      rank.column(2, [1] as [UInt64])
      rank.column(4, [Float(bitPattern: bits)])
      rank.message(5) { $0.fixed32(4, bits) }
    }
    guard case .rank(let query) = try decoding.call(payload).method else { throw WireError(callID: 0, status: .ok) }
    #expect(query.callerScores[0].bitPattern == bits && query.newTweets[0].callerScore.bitPattern == bits)
  }

  @Test("budgets are delivered raw, and clamped by the limits")
  func F28_budgetsAreDeliveredRawAndClamped() throws {
    for asked: UInt32 in [0, 1, 4, 5, 200, 1_000, 1_001, 1 << 31, .max] {
      let call = try decoding.call(
        Valid.call { call in
          call.varint(Field.budget, UInt64(asked))
          call.payload(Field.describe, [])
        })
      #expect(call.budgetMillis == asked)
    }
    #expect(try decoding.call(Valid.describe).budgetMillis == nil)
    let limits = Limits()
    let clamped = [nil, 0, 1, 5, 200, 1_000, 1_001, 1 << 31, .max].map { limits.budgetMillis(requested: $0) }
    #expect(clamped == [200, 0, 5, 5, 200, 1_000, 1_000, 1_000, 1_000])
  }

  @Test("a timestamp outside 1…now becomes now")
  func F28_timestampsAreClamped() throws {
    let now: Int64 = 1_700_000_000
    let stamps: [Int64] = [.min, -1, 0, 1, now - 1, now, now + 1, .max]
    let payload = Valid.call { call in
      call.message(Field.record) { request in
        request.column(1, [UInt64](repeating: 1, count: stamps.count))
        request.column(2, [UInt64](repeating: 2, count: stamps.count))
        request.payload(3, [UInt8](repeating: 1, count: stamps.count))
        request.column(4, stamps.map { UInt64(bitPattern: $0) })
      }
    }
    guard case .record(let events) = try decoding.call(payload).method else { throw WireError(callID: 0, status: .ok) }
    #expect(Array(events.timestamps) == stamps)
    #expect(
      events.events(receivedAtSeconds: now).map(\.timestampSeconds) == [now, now, now, 1, now - 1, now, now, now])
  }

  @Test("the largest legal Rank call decodes within the arena, whose sum says so")
  func theLargestLegalCallFits() throws {
    let limits = Limits()
    #expect(limits.decodedRankBytes <= limits.decodeArenaBytes)
    // 5,000 new tweets that share what the frame leaves for texts; 24 bytes of each are its other fields and tags.
    let text = [UInt8](repeating: 0x61, count: (limits.frameBytes - 64) / 5_000 - 25)
    let payload = rank { rank in
      for _ in 0..<5_000 {
        rank.message(5) { tweet in
          tweet.fixed64(1, 9)
          tweet.payload(2, text)
          tweet.fixed64(3, 9)
        }
      }
    }
    #expect(payload.count <= limits.frameBytes && payload.count > limits.frameBytes - 20_000)
    guard case .rank(let query) = try decoding.call(payload).method else { throw WireError(callID: 0, status: .ok) }
    #expect(query.candidateCount == 5_000)
    #expect(decoding.arena.bytesInUse <= limits.decodedRankBytes)
  }
}
