import Kernels
import Testing
import Wire

@testable import Serving

@Suite("The run queue")
struct RunQueueTests {
  private func payload(_ count: Int) -> Call { Call(payload: [UInt8](repeating: 7, count: count)) }

  @Test("it behaves like an array: order, count and bytes, over growth and wrapping", arguments: 1...8)
  func behavesLikeAnArray(seed: UInt64) throws {
    let bench = try WorkerBench()
    var generator = SeededGenerator(seed: seed)
    var queue = RunQueue(limits: Limits())
    var model: [(id: UInt64, bytes: Int)] = []
    var nextID: UInt64 = 1
    var longest = 0
    for step in 0..<6_000 {
      // Long phases of mostly pushing and mostly popping, so that the ring grows, wraps and runs empty.
      let pushes = (step / 600) % 2 == 0 ? 6 : 4
      if generator.below(10) < pushes {
        let size = generator.below(40)
        queue.push(bench.pending(payload(size), id: nextID))
        model.append((nextID, size))
        nextID += 1
      } else {
        let popped = queue.pop()
        let expected = model.isEmpty ? nil : model.removeFirst()
        #expect(popped?.callID == expected?.id && popped?.payload.count == expected?.bytes)
        popped?.release()
      }
      longest = max(longest, model.count)
      guard queue.count == model.count, queue.isEmpty == model.isEmpty,
        queue.bytes == model.reduce(0, { $0 + $1.bytes })
      else {
        Issue.record("step \(step): \(queue.count) calls of \(queue.bytes) bytes, expected \(model.count)")
        break
      }
    }
    #expect(longest > 64, "the ring never grew")
    while let call = queue.pop() {
      #expect(call.callID == model.removeFirst().id)
      call.release()
    }
    #expect(model.isEmpty && queue.bytes == 0)
  }

  @Test("there is room until either bound is reached, exactly")
  func roomAtBothBounds() throws {
    let bench = try WorkerBench()
    var limits = Limits()
    (limits.queuedCalls, limits.queuedCallBytes) = (3, 100)
    var queue = RunQueue(limits: limits)
    #expect(queue.hasRoom(for: 100) && !queue.hasRoom(for: 101))
    queue.push(bench.pending(payload(60)))
    #expect(queue.hasRoom(for: 40) && !queue.hasRoom(for: 41))
    queue.push(bench.pending(payload(0)))
    queue.push(bench.pending(payload(0)))
    #expect(!queue.hasRoom(for: 0), "three calls wait")
    queue.pop()?.release()
    #expect(queue.hasRoom(for: 100) && !queue.hasRoom(for: 101), "the bytes of the popped call are free again")
    while let call = queue.pop() { call.release() }
  }

  @Test("a call that was deferred may come back although the queue is full: it never left the connection's account")
  func pushBeyondTheBound() throws {
    let bench = try WorkerBench()
    var limits = Limits()
    limits.queuedCalls = 1
    var queue = RunQueue(limits: limits)
    for id in UInt64(1)...200 { queue.push(bench.pending(payload(1), id: id)) }
    #expect(queue.count == 200 && !queue.hasRoom(for: 0))
    for id in UInt64(1)...200 {
      let call = queue.pop()
      #expect(call?.callID == id)
      call?.release()
    }
    #expect(queue.pop() == nil)
  }
}
