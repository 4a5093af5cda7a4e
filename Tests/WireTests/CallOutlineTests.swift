import Ranking
import ServerSupport
import Testing

@testable import Wire

@Suite("What is told of a call before its turn")
struct CallOutlineTests {
  private func outline(_ payload: [UInt8]) -> CallOutline { payload.withUnsafeBytes { CallOutline($0) } }

  private func rank(
    id: UInt64, budget: UInt64?, criticality: UInt64, tweets: Int, texts: [Int], dice: inout Dice
  ) -> [UInt8] {
    MessageWriter.make { call in
      call.varint(1, id)
      if let budget { call.varint(2, budget) }
      call.varint(3, criticality)
      call.message(16) { rank in
        rank.fixed64(1, 7)
        rank.column(2, (0..<tweets).map { UInt64($0) })
        for length in texts {
          rank.message(5) { tweet in
            tweet.fixed64(1, UInt64(dice.below(1_000)))
            tweet.payload(2, [UInt8](repeating: 0x61, count: length))
          }
        }
      }
    }
  }

  @Test("it agrees with the decoder: id, budget, importance, candidates", arguments: 1...40)
  func agreesWithTheDecoder(seed: Int) throws {
    var dice = Dice(UInt64(seed))
    let texts = (0..<dice.below(20)).map { _ in dice.below(300) }
    let payload = rank(
      id: UInt64(1 + dice.below(1 << 20)), budget: dice.below(3) == 0 ? nil : UInt64(dice.below(2_000)),
      criticality: UInt64(dice.below(5)), tweets: dice.below(200), texts: texts, dice: &dice)
    let (told, call) = (outline(payload), try Decoding().call(payload))
    guard case .rank(let query) = call.method else { throw TestFailure("\(call)") }
    #expect(told.callID == call.id && told.budgetMillis == call.budgetMillis && told.criticality == call.criticality)
    #expect(told.method == .rank && told.items == query.candidateCount && told.isComplete)
    let bytes = texts.reduce(0, +)
    #expect(told.textBytes >= bytes && told.textBytes <= bytes + 20 * texts.count)
  }

  @Test("it tells the other methods, and of several the last")
  func methods() {
    let expected: [(UInt64, CallOutline.Method)] = [
      (16, .rank), (17, .recommend), (18, .similar), (19, .top), (20, .record), (21, .other), (22, .other),
      (29, .other),
    ]
    for (field, method) in expected {
      #expect(outline(MessageWriter.make { $0.payload(field, []) }).method == method)
    }
    #expect(outline([]) == outline(MessageWriter.make { $0.varint(1, 0) }))
    let both = MessageWriter.make { call in
      call.message(16) { $0.column(2, [UInt64](repeating: 3, count: 100)) }
      call.message(20) { $0.column(1, [UInt64](repeating: 3, count: 7)) }
    }
    #expect(outline(both).method == .record && outline(both).items == 7)
  }

  @Test("calls with more new tweets than are counted one by one are told by their bytes")
  func manyNewTweets() {
    var dice = Dice(1)
    let payload = rank(
      id: 1, budget: nil, criticality: 0, tweets: 0, texts: [Int](repeating: 100, count: 4_000), dice: &dice)
    let told = outline(payload)
    #expect((3_600...4_400).contains(told.items) && (400_000...500_000).contains(told.textBytes), "\(told)")
  }

  @Test("any bytes give an outline, with numbers within what bytes can say", arguments: 1...8)
  func anyBytes(seed: Int) {
    var dice = Dice(UInt64(seed))
    for _ in 0..<2_000 {
      var payload = rank(id: 3, budget: 9, criticality: 1, tweets: 20, texts: [30, 40], dice: &dice)
      for _ in 0..<(1 + dice.below(4)) { payload[dice.below(payload.count)] = UInt8(dice.below(256)) }
      payload.removeLast(dice.below(payload.count))
      let told = outline(payload)
      #expect(told.items >= 0 && told.items <= payload.count && (0...payload.count).contains(told.textBytes))
      #expect(told.callID == payload.withUnsafeBytes { CallScan($0).callID })
    }
  }
}
