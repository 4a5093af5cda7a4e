import Glibc
import ServerSupport
import Synchronization
import Testing

@testable import Feedback

@Suite struct ArmTableTests {
  private typealias Arm = (trials: UInt32, reward: Float, expected: Float)

  private func lookUp(_ table: ArmTable, _ ids: [UInt64]) -> [Arm] {
    var trials = [UInt32](repeating: 99, count: ids.count)
    var rewards = [Float](repeating: 99, count: ids.count)
    var expected = rewards
    ids.withUnsafeBufferPointer { ids in
      trials.withUnsafeMutableBufferPointer { trials in
        rewards.withUnsafeMutableBufferPointer { rewards in
          expected.withUnsafeMutableBufferPointer { expected in
            guard let t = trials.baseAddress, let r = rewards.baseAddress, let e = expected.baseAddress else { return }
            table.lookUp(ids, trials: t, rewards: r, expected: e)
          }
        }
      }
    }
    return (0..<ids.count).map { (trials[$0], rewards[$0], expected[$0]) }
  }

  @Test("the table equals a plain dictionary, whatever comes and goes", arguments: [0, 7, UInt64.max])
  func equalsADictionary(_ seed: UInt64) {
    var plain: [UInt64: Arm] = [:]
    let table = ArmTable(seed: seed)
    var random = SmallRandom(seed)
    // Ids in one run of the table, ids far apart, and the id 0, which needs a place of its own.
    var known = Set<UInt64>()
    for round in 0..<60_000 {
      let id = round % 3 == 0 ? random.next() << 40 : UInt64(random.below(5_000))
      let arm = (trials: UInt32(random.below(3)), reward: Float(random.below(9)), expected: Float(random.below(8)))
      table.publish(id, trials: arm.trials, reward: arm.reward, expectedPerTrial: arm.expected / Float(arm.trials))
      plain[id] = arm.trials == 0 ? nil : arm
      known.insert(id)
      // Ids come and go, so that places are given up.
      if known.count > 6_000, let gone = known.popFirst() {
        table.publish(gone, trials: 0, reward: 3, expectedPerTrial: 2)
        plain[gone] = nil
      }
    }
    #expect(table.count == plain.count && table.count > 2_048, "the table grew more than once")
    let ids = Array(known)
    for (id, found) in zip(ids, lookUp(table, ids)) {
      #expect(found == plain[id] ?? (0, 0, 0))
    }
    let absent = (1...100).map { UInt64($0) << 50 | 1 }
    #expect(lookUp(table, absent).allSatisfy { $0 == (0, 0, 0) })
  }

  @Test("an empty table and an empty question are answered")
  func nothingToDo() {
    let table = ArmTable()
    table.publish(2, trials: 0, reward: 5)
    #expect(table.count == 0)
    #expect(lookUp(table, []).isEmpty)
    #expect(lookUp(table, [0, 2]).allSatisfy { $0 == (0, 0, 0) })
  }

  @Test("readers beside the writer see, for each tweet, only values that it once had, and never older ones again")
  func concurrentReaders() throws {
    // At all times the reward sum equals the trials, and half of them were expected.
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
            if Float(arm.trials) != arm.reward || arm.expected != 0.5 * arm.reward || arm.trials > UInt32(rounds) {
              result.torn += 1
            }
            if arm.trials < last[i] { result.backwards += 1 }
            last[i] = arm.trials
          }
          result.passes += 1
        }
        return result
      }
    }
    for round in 1...rounds {
      for id in ids {
        table.publish(id, trials: UInt32(round), reward: Float(round), expectedPerTrial: 0.5)
      }
    }
    done.store(true, ordering: .releasing)
    for reader in readers {
      let result = try reader.join()
      #expect(result.torn == 0 && result.backwards == 0 && result.passes > 0)
    }
    #expect(lookUp(table, ids).allSatisfy { $0 == (20, 20, 10) })
  }
}
