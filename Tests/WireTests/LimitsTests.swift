import Ranking
import Testing

@testable import Wire

@Suite("Limits")
struct LimitsTests {
  let limits = Limits()

  @Test("the largest reply without texts fits a reply, and one reply fits the queue above high water")
  func repliesFitTheWriteQueue() {
    #expect(limits.explainedReplyBytes <= limits.replyBytes)
    #expect(limits.listedReplyBytes <= limits.replyBytes)
    #expect(limits.writeHighWaterBytes + Limits.framePrefixBytes + limits.replyBytes <= limits.writeHardBytes)
    #expect(limits.writeLowWaterBytes < limits.writeHighWaterBytes)
  }

  @Test("the largest legal call fits the arena, and its id column fits a frame")
  func callsFitTheArena() {
    #expect(limits.decodedRankBytes <= limits.decodeArenaBytes)
    #expect(limits.candidatesPerCall * 20 + 1_000 <= limits.frameBytes)
    #expect(limits.eventsPerCall * 33 + 1_000 <= limits.frameBytes)
  }

  @Test("budgets are ordered")
  func budgetsAreOrdered() {
    #expect(limits.minimumBudgetMillis <= limits.defaultBudgetMillis)
    #expect(limits.defaultBudgetMillis <= limits.maximumBudgetMillis)
  }

  @Test("what a learning server remembers stays small, and holds many answers")
  func shownItemsAreSmall() {
    #expect(limits.shownItemBytes(signals: Signal.ofMoment.count) < 20 << 20)
    #expect(limits.shownItems >= 1_000 * limits.learnedItemsPerAnswer)
  }

  @Test("the sums grow by what a worker, or a connection, brings")
  func sums() {
    let (connections, calls) = (limits.connectionBytes(workers: 1), limits.callBytes(workers: 1))
    #expect(limits.connectionBytes(workers: 3) - connections == 2 * limits.connectionBytesPerWorker)
    #expect(limits.callBytes(workers: 3) == 3 * calls && calls > limits.queuedCallBytes + limits.decodeArenaBytes)
    var more = limits
    more.connections += 1_000
    #expect(more.connectionBytes(workers: 1) - connections == 1_000 * limits.bytesPerIdleConnection)
    more.connectionBufferBytes += 5
    #expect(more.connectionBytesPerWorker == limits.connectionBytesPerWorker + 5)
    #expect(limits.keptBufferBytes < limits.connectionBufferBytes / 2, "empty buffers cost nobody the connection")
  }

  @Test("idle connections stay small")
  func idleConnectionsAreSmall() {
    #expect(limits.bytesPerIdleConnection * 10_000 < 64 << 20)
    #expect(limits.bytesPerConnection < 8 << 20)
  }
}
