import Testing

@testable import Feedback

@Suite struct ServedRankingsTests {
  private func ranking(_ id: UInt64, candidates: Int = 10) -> LoggedRanking {
    LoggedRanking(
      requestID: id, userID: 1, timestampSeconds: 2, policyVersion: "p", modelVersion: "m",
      items: [.init(tweetID: id, propensity: 1, score: 0)], candidates: .init(repeating: 3, count: candidates))
  }

  @Test("an answer is found until it is taken out, or until newer ones need its room")
  func keepsTheNewest() {
    let bytes = ServedRankings.bytes(of: ranking(1))
    let served = ServedRankings(bytes: bytes * 3)
    for id in 1...5 as ClosedRange<UInt64> { served.add(ranking(id)) }
    #expect((1...5).map { served.find($0) != nil } == [false, false, true, true, true])
    #expect(served.find(4) == ranking(4) && served.count == 3)
    served.remove(4)
    served.remove(4)
    #expect(served.find(4) == nil && served.count == 2)
    served.add(ranking(0))
    served.add(ranking(5, candidates: 20))
    #expect(served.find(0) == nil && served.find(5) == ranking(5), "no id, and an id that is there")
    served.add(ranking(6, candidates: 1_000))
    #expect(served.find(6) == nil && served.count == 2, "larger than all the room")
  }

  @Test("where memory is short all but an eighth of the room is given up, the oldest first")
  func F45_shrinks() {
    let bytes = ServedRankings.bytes(of: ranking(1))
    let served = ServedRankings(bytes: bytes * 80)
    for id in 1...80 as ClosedRange<UInt64> { served.add(ranking(id)) }
    served.remove(79)
    served.shrink()
    #expect((1...80).filter { served.find($0) != nil } == [71, 72, 73, 74, 75, 76, 77, 78, 80])
    served.shrink()
    served.add(ranking(81))
    #expect(served.count == 10 && served.find(81) != nil)
  }

  @Test("memory is bounded whatever is taken out and whatever stays", arguments: [1, 2, 3, 1_000])
  func isBounded(_ kept: UInt64) {
    let served = ServedRankings(bytes: 1 << 20)
    for id in 1...20_000 as ClosedRange<UInt64> {
      served.add(ranking(id, candidates: Int(id % 50)))
      if id % kept != 0 { served.remove(id) }
    }
    let places = served.places
    #expect(places <= (1 << 20) / ServedRankings.slotBytes && served.count <= places)
    for id in 19_990...20_000 as ClosedRange<UInt64> { #expect((served.find(id) != nil) == (id % kept == 0)) }
    // Everything that can be found is found by its own id.
    #expect((1...20_000).allSatisfy { served.find($0)?.requestID ?? $0 == $0 })
  }
}
