import Dispatch
import Ranking
import Synchronization
import Testing

@testable import Feedback

@Suite struct ServedRankingsTests {
  private func ranking(_ id: UInt64, candidates: Int = 10, features: Int = 0) -> LoggedRanking {
    LoggedRanking(
      requestID: id, userID: 1, timestampSeconds: 2, policyVersion: "p", modelVersion: "m",
      items: [.init(tweetID: id, propensity: 1, score: -0.5)], candidates: (0..<UInt64(candidates)).map { id + $0 },
      features: (0..<Int16(features)).map { $0 - 3 })
  }

  @Test("an answer is found until it is taken out, or until newer ones need its room")
  func keepsTheNewest() {
    // Room for three: each is a length, five words of header, two of its item, ten candidates.
    let served = ServedRankings(words: 3 * 18)
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

  @Test("an answer comes back as it went in, with 0 to 9 features and up to 40 candidates", arguments: 0..<10)
  func isKeptWhole(_ features: Int) {
    let served = ServedRankings(bytes: 1 << 16, seed: 1)
    for candidates in 0...40 {
      let kept = ranking(UInt64(candidates + 1), candidates: candidates, features: features)
      served.add(kept)
      #expect(served.find(kept.requestID) == kept)
    }
  }

  @Test("whatever is taken out, the newest are found, and only by their own ids", arguments: [1, 2, 3])
  func isBounded(_ kept: UInt64) {
    let served = ServedRankings(bytes: 1 << 20, seed: 1)
    for id in 1...20_000 as ClosedRange<UInt64> {
      served.add(ranking(id, candidates: Int(id % 50)))
      if id % kept != 0 { served.remove(id) }
    }
    #expect(served.count > 100 && served.count <= (1 << 20) / 64)
    for id in 19_990...20_000 as ClosedRange<UInt64> { #expect((served.find(id) != nil) == (id % kept == 0)) }
    #expect((1...20_000).allSatisfy { served.find($0)?.requestID ?? $0 == $0 })
    #expect((1...20_000 as ClosedRange<UInt64>).count { served.find($0) != nil } == served.count)
  }

  @Test("while a worker adds, others find an answer whole or not at all")
  func readersMeetTheWorker() {
    let served = ServedRankings(bytes: 1 << 14, workers: 2, seed: 1)
    let newest = Atomic<UInt64>(0)
    let torn = Atomic<Int>(0)
    let found = Atomic<Int>(0)
    let group = DispatchGroup()
    for _ in 0..<2 {
      DispatchQueue.global().async(group: group) { [self] in
        var id: UInt64 = 0
        while id < 30_000 {
          id = newest.load(ordering: .relaxed)
          for wanted in id &- min(id, 20)..<id + 1 {
            guard let got = served.find(wanted) else { continue }
            found.add(1, ordering: .relaxed)
            if got != ranking(wanted, candidates: Int(wanted % 90)) { torn.add(1, ordering: .relaxed) }
            if wanted % 5 == 0 { served.remove(wanted) }
          }
        }
      }
    }
    for id in 1...30_000 as ClosedRange<UInt64> {
      served.add(ranking(id, candidates: Int(id % 90)))
      newest.store(id, ordering: .relaxed)
    }
    group.wait()
    #expect(torn.load(ordering: .relaxed) == 0 && found.load(ordering: .relaxed) > 0)
  }
}
