import Artifact
import Foundation
import Ranking
import Testing

@testable import Feedback

/// The state is a function of the set of entries.
@Suite struct FoldOrderTests {
  @Test("entries in any order, however often each came, give the same state", arguments: 0..<30)
  func anyOrder(seed: Int) {
    var random = SmallRandom(UInt64(seed) &+ 1_000)
    let entries = FoldWorld(seed: UInt64(seed)).entries
    for limits in [FoldLimits(), FoldWorld.tight] {
      let expected = folded(entries, limits: limits)
      let digest = expected.digest()
      for _ in 0..<8 {
        var others = entries
        // Repetitions of what names a ranking change nothing.
        for entry in entries where random.below(3) == 0 {
          if case .event(let event, _) = entry, event.requestID == 0 { continue }
          others.append(entry)
        }
        others.shuffle(using: &random)
        let state = folded(others, limits: limits)
        if seed % 2 == 0 { _ = state.digest() }
        #expect(state.digest() == digest)
      }
      #expect(folded(entries.dropLast(40), limits: limits).digest() != digest, "the digest sees what is missing")
    }
  }

  @Test("the tight limits leave something out everywhere, and rankings that go with them too")
  func tightLimitsBite() {
    let entries = FoldWorld(seed: 1).entries
    let (all, few) = (folded(entries), folded(entries, limits: FoldWorld.tight))
    _ = (all.digest(), few.digest())
    #expect(all.arms.floor == nil && all.trends.floor == nil && all.users.all().floor == nil)
    #expect(few.arms.floor != nil && few.trends.floor != nil && few.users.all().floor != nil)
    #expect(few.arms.days.count == 30 && few.trends.count == 9 && few.users.count == 6)
    var limits = FoldLimits()
    (limits.rankings, limits.rankedItems) = (10, 64)
    let state = folded(entries, limits: limits)
    _ = state.digest()
    #expect(state.rankings.count == 8, "64 items are eight rankings")
    #expect(Set(state.engagementTimes.keys).isStrictSubset(of: all.engagementTimes.keys))
  }

  @Test("a snapshot at any point, and then the rest, gives the same state", arguments: 0..<10)
  func anySplit(seed: Int) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-fold-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("snapshot").path
    var random = SmallRandom(UInt64(seed) &+ 2_000)
    let entries = FoldWorld(seed: UInt64(seed)).entries.shuffled(using: &random)
    for limits in [FoldLimits(), FoldWorld.tight] {
      let digest = folded(entries, limits: limits).digest()
      for cut in [0, random.below(entries.count), random.below(entries.count), entries.count] {
        let first = FoldedState(limits: limits)
        for (i, entry) in entries[..<cut].enumerated() { first.apply(entry, node: 7, sequence: UInt64(i + 1)) }
        first.streamPosition = "12-3"
        try first.snapshot().write(to: path)
        let second = try FoldedState.read(path: path, limits: limits)
        #expect(second.digest() == first.digest())
        #expect(second.cursors == first.cursors && second.streamPosition == "12-3")
        #expect(second.keys.inOrder == first.keys.inOrder)
        // From the beginning: what the snapshot holds is skipped.
        for (i, entry) in entries.enumerated() { second.apply(entry, node: 7, sequence: UInt64(i + 1)) }
        #expect(second.digest() == digest)
      }
    }
  }

  @Test("entries of many nodes, interleaved in any way, are folded once each")
  func nodesInterleave() {
    let entries = FoldWorld(seed: 3).entries
    let digest = folded(entries).digest()
    for seed in 0..<5 {
      var random = SmallRandom(UInt64(seed))
      let state = FoldedState()
      var logs = (0..<3).map { node in entries.enumerated().filter { $0.offset % 3 == node }.map(\.element) }
      var next = [0, 0, 0]
      while next != logs.map(\.count) {
        let node = random.below(3)
        guard next[node] < logs[node].count else { continue }
        #expect(state.apply(logs[node][next[node]], node: UInt64(node), sequence: UInt64(next[node] + 1)))
        // What is sent again is skipped.
        #expect(!state.apply(logs[node][next[node]], node: UInt64(node), sequence: UInt64(next[node] + 1)))
        next[node] += 1
        if random.below(20) == 0, next[node] > 2 {
          #expect(!state.apply(logs[node][0], node: UInt64(node), sequence: 1))
        }
      }
      logs.removeAll()
      #expect(state.digest() == digest)
    }
  }
}
