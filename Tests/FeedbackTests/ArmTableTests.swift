import Glibc
import Ranking
import Synchronization
import Testing

@testable import Feedback

@Suite struct ArmTableTests {
  private func lookUp(_ table: ArmTable, _ ids: [UInt64]) -> [(trials: UInt32, reward: Float)] {
    var trials = [UInt32](repeating: 99, count: ids.count)
    var rewards = [Float](repeating: 99, count: ids.count)
    ids.withUnsafeBufferPointer { ids in
      trials.withUnsafeMutableBufferPointer { trials in
        rewards.withUnsafeMutableBufferPointer { rewards in
          guard let t = trials.baseAddress, let r = rewards.baseAddress else { return }
          table.lookUp(ids, trials: t, rewards: r)
        }
      }
    }
    return (0..<ids.count).map { (trials[$0], rewards[$0]) }
  }

  @Test("the table equals a plain fold over the events", arguments: [0, 7, UInt64.max])
  func equalsAPlainFold(_ seed: UInt64) {
    var plain: [UInt64: (impressions: UInt32, rewarded: UInt32, sum: Double)] = [:]
    let table = ArmTable(seed: seed)
    // Many ids in one run of the table, many far apart, and the id 0, which needs a place of its own.
    var all = events(2_000, seed: seed)
    for var event in events(6_000, seed: seed &+ 1) {
      event.tweetID = event.requestID % 3 == 0 ? event.requestID << 40 : event.requestID % 5_000
      all.append(event)
    }
    for event in all {
      table.apply(event)
      guard let type = EventType(rawValue: event.type) else { continue }
      var arm = plain[event.tweetID] ?? (0, 0, 0)
      if type == .impression { arm.impressions += 1 } else { arm.rewarded += 1 }
      if type != .impression { arm.sum += type.reward }
      plain[event.tweetID] = arm
    }
    #expect(table.count == plain.count && table.count > 2_048, "the table grew more than once")
    #expect(plain[0] != nil)
    let ids = Array(plain.keys)
    for (id, found) in zip(ids, lookUp(table, ids)) {
      guard let arm = plain[id] else { continue }
      #expect(found.trials == max(arm.impressions, arm.rewarded))
      #expect(found.reward == Float(arm.sum))
    }
    let absent = (1...100).map { UInt64($0) << 50 | 1 }
    #expect(lookUp(table, absent).allSatisfy { $0.trials == 0 && $0.reward == 0 })
  }

  @Test("an unknown type changes nothing; an empty table and an empty question are answered")
  func nothingToDo() {
    let table = ArmTable()
    table.apply(.init(userID: 1, tweetID: 2, type: 99, timestampSeconds: 0, requestID: 0))
    table.apply(.init(userID: 1, tweetID: 0, type: 0, timestampSeconds: 0, requestID: 0))
    #expect(table.count == 0)
    #expect(lookUp(table, []).isEmpty)
    #expect(lookUp(table, [0, 2]).allSatisfy { $0.trials == 0 && $0.reward == 0 })
  }

  @Test("readers beside the writer see, for each tweet, only values that it once had, and never older ones again")
  func concurrentReaders() {
    // Every event is a reply (reward 1), so at all times the reward sum equals the trials.
    let table = ArmTable(seed: 3)
    let tweets: UInt64 = 5_000
    let rounds = 20
    let done = Atomic(false)
    let ids = (0..<tweets).map { $0 }
    let readers = (0..<3).map { _ in
      Background { () -> (torn: Int, backwards: Int, passes: Int) in
        var last = [UInt32](repeating: 0, count: ids.count)
        var result = (torn: 0, backwards: 0, passes: 0)
        while !done.load(ordering: .acquiring) || result.passes == 0 {
          for (i, arm) in self.lookUp(table, ids).enumerated() {
            if Float(arm.trials) != arm.reward || arm.trials > UInt32(rounds) { result.torn += 1 }
            if arm.trials < last[i] { result.backwards += 1 }
            last[i] = arm.trials
          }
          result.passes += 1
        }
        return result
      }
    }
    for _ in 0..<rounds {
      for id in ids {
        table.apply(.init(userID: 1, tweetID: id, type: EventType.reply.rawValue, timestampSeconds: 0, requestID: 0))
      }
    }
    done.store(true, ordering: .releasing)
    for reader in readers {
      let result = reader.join()
      #expect(result.torn == 0 && result.backwards == 0 && result.passes > 0)
    }
    #expect(lookUp(table, ids).allSatisfy { $0.trials == 20 && $0.reward == 20 })
  }
}
