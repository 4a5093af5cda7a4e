import Kernels
import Testing
import Wire

@testable import Serving

@Suite("The run queue")
struct RunQueueTests {
  /// A call that only waits.
  private struct Waiting: Queued {
    var ticket: CallTicket
    var byteCount: Int
    var id: Int
  }

  private func waiting(
    _ id: Int, _ rank: CallTicket.Rank = .ordinary, isLarge: Bool = false, arrived: UInt64 = 0, end: UInt64 = 1_000,
    cost: UInt64 = 10, bytes: Int = 1
  ) -> Waiting {
    Waiting(
      ticket: CallTicket(
        rank: rank, method: .rank, units: 1, isLarge: isLarge, arrivedNanos: arrived, endNanos: end, costNanos: cost),
      byteCount: bytes, id: id)
  }

  @Test("it behaves like lists of calls: order, count, bytes and work, over growth and reuse", arguments: 1...8)
  func behavesLikeLists(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var queue = RunQueue<Waiting>(limits: Limits())
    var model: [Waiting] = []
    var longest = 0
    for step in 0..<6_000 {
      // Long phases of mostly pushing and mostly popping, so that the slab grows, is reused and runs empty.
      let choice = generator.below(10)
      if choice < ((step / 600) % 2 == 0 ? 6 : 4) {
        let call = waiting(
          step, CallTicket.Rank.allCases[generator.below(3)], isLarge: generator.below(2) == 0, end: .max,
          cost: UInt64(generator.below(100)), bytes: generator.below(40))
        queue.push(call)
        model.append(call)
      } else if choice == 9 {
        let below = CallTicket.Rank.allCases[generator.below(3)]
        let least = model.filter { $0.ticket.rank > below }.max { first, second in
          (first.ticket.rank.rawValue, first.ticket.isLarge ? 1 : 0, -first.id)
            < (second.ticket.rank.rawValue, second.ticket.isLarge ? 1 : 0, -second.id)
        }
        #expect(queue.evict(below: below)?.id == least?.id)
        model.removeAll { $0.id == least?.id }
      } else {
        let isLarge = generator.below(2) == 0
        let next = model.filter { $0.ticket.isLarge == isLarge }.min {
          ($0.ticket.rank, $0.id) < ($1.ticket.rank, $1.id)
        }
        #expect(queue.firstRank(isLarge: isLarge) == next?.ticket.rank)
        #expect(queue.pop(isLarge: isLarge, now: 0)?.id == next?.id)
        model.removeAll { $0.id == next?.id }
      }
      longest = max(longest, model.count)
      #expect(queue.count == model.count && queue.isEmpty == model.isEmpty)
      #expect(queue.bytes == model.reduce(0) { $0 + $1.byteCount })
      #expect(queue.load.nanos == model.reduce(0) { $0 + $1.ticket.costNanos })
    }
    #expect(longest > 64, "the slab never grew")
    var left: [Int] = []
    queue.removeAll(where: { _ in true }) { left.append($0.id) }
    #expect(left.sorted() == model.map(\.id) && queue.isEmpty && queue.bytes == 0 && queue.load == QueueLoad())
  }

  @Test("there is room until either bound is reached, exactly; a call that comes back needs none")
  func roomAtBothBounds() {
    var limits = Limits()
    (limits.queuedCalls, limits.queuedCallBytes) = (3, 100)
    var queue = RunQueue<Waiting>(limits: limits)
    #expect(queue.hasRoom(for: 100) && !queue.hasRoom(for: 101))
    queue.push(waiting(1, bytes: 60))
    #expect(queue.hasRoom(for: 40) && !queue.hasRoom(for: 41))
    queue.push(waiting(2, bytes: 0))
    queue.push(waiting(3, bytes: 0))
    #expect(!queue.hasRoom(for: 0), "three calls wait")
    queue.push(waiting(4, bytes: 0))
    #expect(queue.count == 4)
    _ = queue.pop(isLarge: false, now: 0)
    _ = queue.pop(isLarge: false, now: 0)
    #expect(queue.hasRoom(for: 100) && !queue.hasRoom(for: 101), "the bytes of the first call are free again")
  }

  @Test("what matters more comes first, and what matters least goes first where room is needed")
  func ranks() {
    var queue = RunQueue<Waiting>(limits: Limits())
    for (id, rank) in [CallTicket.Rank.sheddable, .ordinary, .critical, .sheddable, .ordinary].enumerated() {
      queue.push(waiting(id, rank))
    }
    #expect(queue.evict(below: .sheddable) == nil, "nothing matters less than that")
    #expect(queue.evict(below: .ordinary)?.id == 0)
    #expect((0..<4).compactMap { _ in queue.pop(isLarge: false, now: 0)?.id } == [2, 1, 4, 3])
    queue.push(waiting(7, .ordinary))
    #expect(queue.evict(below: .ordinary) == nil && queue.evict(below: .critical)?.id == 7)
  }

  @Test("the newest comes first once the oldest has used three quarters of its budget, for as long as one budget")
  func newestFirst() {
    var queue = RunQueue<Waiting>(limits: Limits())
    for id in 0..<10 { queue.push(waiting(id, arrived: UInt64(id) * 10, end: UInt64(id) * 10 + 1_000)) }
    #expect(queue.pop(isLarge: false, now: 749)?.id == 0)
    // 1 arrived at 10 and has used 750 of 1,000 at 760.
    #expect(queue.pop(isLarge: false, now: 760)?.id == 9)
    // It stays so although the oldest is younger now, until the newest of then is over, at 1,090.
    queue.push(waiting(10, arrived: 900, end: 1_900))
    #expect(queue.pop(isLarge: false, now: 1_000)?.id == 10)
    var expired: [Int] = []
    queue.removeExpired(now: 1_095) { expired.append($0.id) }
    #expect(expired == Array(1...8))
    // And then not again for as long, whatever is buried.
    for id in 11..<14 { queue.push(waiting(id, arrived: 1_100, end: 2_100)) }
    #expect(queue.pop(isLarge: false, now: 2_080)?.id == 11)
    #expect(queue.pop(isLarge: false, now: 2_091)?.id == 13, "two budgets have gone by")
  }

  @Test("all calls whose budget is over go, wherever they wait, and no others", arguments: 1...4)
  func expiry(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var queue = RunQueue<Waiting>(limits: Limits())
    var ends: [Int: UInt64] = [:]
    for now in UInt64(0)..<2_000 {
      if generator.below(3) > 0 {
        let end = now + UInt64(generator.below(200))
        queue.push(
          waiting(
            Int(now), CallTicket.Rank.allCases[generator.below(3)], isLarge: generator.below(4) == 0, arrived: now,
            end: end))
        ends[Int(now)] = end
      }
      var gone: Set<Int> = []
      queue.removeExpired(now: now) { gone.insert($0.id) }
      #expect(gone == Set(ends.filter { $0.value <= now }.keys))
      for id in gone { ends[id] = nil }
      #expect(queue.count == ends.count)
    }
  }

  @Test("a call waits for its own size as far as it matters as much, and for as much of the other size again")
  func loadAhead() {
    var load = QueueLoad()
    load.add(waiting(1, .critical, cost: 5).ticket)
    load.add(waiting(2, .ordinary, cost: 70).ticket)
    load.add(waiting(3, .sheddable, cost: 900).ticket)
    #expect(load.ahead(of: waiting(4, .critical).ticket, chunk: 30) == 5)
    #expect(load.ahead(of: waiting(4, .ordinary).ticket, chunk: 30) == 75)
    #expect(load.ahead(of: waiting(4, .sheddable).ticket, chunk: 30) == 975)
    load.add(waiting(5, .ordinary, isLarge: true, cost: 10_000).ticket)
    #expect(load.ahead(of: waiting(4, .critical).ticket, chunk: 30) == 5, "strictly by importance")
    #expect(load.ahead(of: waiting(4, .ordinary).ticket, chunk: 30) == 75 + 75 + 30)
    #expect(load.ahead(of: waiting(4, .ordinary, isLarge: true, cost: 8).ticket, chunk: 30) == 10_000 + 75)
    load.remove(waiting(5, .ordinary, isLarge: true, cost: 10_000).ticket)
    #expect(load.nanos == 975)
  }
}
