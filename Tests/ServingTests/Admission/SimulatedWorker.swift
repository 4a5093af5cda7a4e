import Foundation
import Kernels
import Ranking
import Wire

@testable import Serving

/// A worker whose time is a number: the run queue and the controller as they are, with calls that cost what the simulation
/// says. It reads what has come, answers for a millisecond, and reads again.
struct SimulatedWorker {
  /// What things really cost, which the controller is not told.
  struct Costs {
    /// Reading a call and looking at it, and writing a refusal, in nanoseconds.
    var reading = 2_000.0
    var refusing = 1_000.0
    /// A call of 500 candidates in full, and the share of that on each rung of the ladder.
    var answering = 200_000.0
    var shares = [1, 0.9, 0.7, 0.35]

    /// Calls a second that can be answered in full.
    var saturation: Double { 1e9 / (reading + answering) }
  }

  /// A call of the simulation.
  struct SimulatedCall: Queued {
    var ticket: CallTicket
    var byteCount: Int { 4_000 }
  }

  /// What came of the calls of one importance.
  struct Tally {
    var arrived = 0
    /// Answered within the budget.
    var good = 0
    /// Answered when the budget was over, which costs as much as a good answer.
    var late = 0
    var refused = 0
    var expired = 0
    var evicted = 0
    /// Milliseconds from arrival to the answer, of good ones; and to the refusal.
    var waits: [Double] = []
    var refusalWaits: [Double] = []

    func quantile(_ q: Double, of values: [Double]) -> Double {
      values.isEmpty ? 0 : values.sorted()[min(values.count - 1, Int(q * Double(values.count)))]
    }
  }

  var costs = Costs()
  /// How many times as long everything takes at a time, in seconds: 5 where a fifth of the processor is left.
  var slowness: (Double) -> Double = { _ in 1 }
  /// The time, in seconds, at which the thread runs again that would run at a time: later where a quota is used up.
  var resumes: (Double) -> Double = { $0 }
  /// Candidates of a call.
  var units: (inout SeededGenerator) -> Int = { _ in 500 }
  /// Arrivals a second at a time, by importance.
  var rates: (Double) -> [CallTicket.Rank: Double] = { _ in [:] }
  var budgetNanos: UInt64 = 200_000_000
  /// How often who is refused tries again, a millisecond later, whatever it was told.
  var retries = 0
  /// When what came is counted.
  var counted = 0.0..<Double.infinity

  private(set) var tallies: [CallTicket.Rank: Tally] = [:]
  /// The greatest number of calls that waited, and the lowest and last rung that was stood on.
  private(set) var longest = 0
  private(set) var lowest = RankEffort.full
  private(set) var last = RankEffort.full
  /// The longest wait of good answers in each hundredth of a second.
  private(set) var worstWaits: [Int: Double] = [:]

  private var generator: SeededGenerator
  private var now = 0.0
  private var next: [CallTicket.Rank: Double] = [:]
  private var retrying: [(time: Double, rank: CallTicket.Rank, left: Int)] = []
  private var firstRetry = 0

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// Everything counted, over all importances.
  var total: Tally {
    tallies.values.reduce(into: Tally()) { sum, one in
      sum.arrived += one.arrived
      sum.good += one.good
      sum.late += one.late
      sum.refused += one.refused
      sum.expired += one.expired
      sum.evicted += one.evicted
      sum.waits += one.waits
      sum.refusalWaits += one.refusalWaits
    }
  }

  /// Runs for so many seconds.
  mutating func run(seconds: Double, limits: Limits = Limits()) {
    var controller = AdmissionController()
    var queue = RunQueue<SimulatedCall>(limits: limits)
    for rank in CallTicket.Rank.allCases { next[rank] = gap(rank) }
    while now < seconds * 1e9 {
      if queue.isEmpty {
        let retry = firstRetry < retrying.count ? retrying[firstRetry].time : .infinity
        now = max(now, min(next.values.min() ?? now, retry))
      }
      read(&controller, &queue)
      turn(&controller, &queue)
      longest = max(longest, queue.count)
      lowest = max(lowest, controller.effort)
    }
    last = controller.effort
  }

  private mutating func gap(_ rank: CallTicket.Rank) -> Double {
    let rate = rates(now / 1e9)[rank] ?? 0
    return rate > 0 ? -log(1 - generator.uniform()) * 1e9 / rate : 10_000_000
  }

  private mutating func spend(_ nanos: Double) {
    now += nanos * slowness(now / 1e9)
    now = max(now, resumes(now / 1e9) * 1e9)
  }

  private func isCounted(_ arrived: UInt64) -> Bool { counted.contains(Double(arrived) / 1e9) }

  /// Reads all that has come, in the order in which it came.
  private mutating func read(_ controller: inout AdmissionController, _ queue: inout RunQueue<SimulatedCall>) {
    let end = now
    while firstRetry < retrying.count, retrying[firstRetry].time <= end {
      let (time, rank, left) = retrying[firstRetry]
      firstRetry += 1
      take(rank, arrived: UInt64(time), retriesLeft: left, &controller, &queue)
    }
    while let (rank, time) = next.min(by: { $0.value < $1.value }), time <= end {
      next[rank] = time + gap(rank)
      guard (rates(time / 1e9)[rank] ?? 0) > 0 else { continue }
      take(rank, arrived: UInt64(time), retriesLeft: retries, &controller, &queue)
    }
  }

  private mutating func take(
    _ rank: CallTicket.Rank, arrived: UInt64, retriesLeft: Int, _ controller: inout AdmissionController,
    _ queue: inout RunQueue<SimulatedCall>
  ) {
    spend(costs.reading)
    let size = units(&generator)
    var ticket = CallTicket(
      rank: rank, method: .rank, units: size, isLarge: false, arrivedNanos: arrived, endNanos: arrived + budgetNanos,
      costNanos: 0)
    controller.price(&ticket)
    if isCounted(arrived) { tallies[rank, default: Tally()].arrived += 1 }
    guard controller.judge(ticket, behind: queue.load, now: UInt64(now)) == .admitted else {
      spend(costs.refusing)
      count(\.refused, ticket)
      if isCounted(arrived) { tallies[rank, default: Tally()].refusalWaits.append((now - Double(arrived)) / 1e6) }
      if retriesLeft > 0 { retrying.append((now + 1e6, rank, retriesLeft - 1)) }
      return
    }
    if !queue.hasRoom(for: 4_000) {
      guard let victim = queue.evict(below: rank) else { return count(\.refused, ticket) }
      count(\.evicted, victim.ticket)
    }
    queue.push(SimulatedCall(ticket: ticket))
  }

  private mutating func turn(_ controller: inout AdmissionController, _ queue: inout RunQueue<SimulatedCall>) {
    let start = now
    var expired: [CallTicket] = []
    queue.removeExpired(now: UInt64(now)) { expired.append($0.ticket) }
    for ticket in expired { count(\.expired, ticket) }
    while now - start < 1e6, let call = queue.pop(isLarge: false, now: UInt64(now)) {
      let began = now
      let effort = controller.effort
      spend(costs.answering * costs.shares[effort.rawValue] * Double(call.ticket.units) / 500)
      controller.learn(call.ticket, effort: effort, nanos: UInt64(now - began))
      if UInt64(now) >= call.ticket.endNanos {
        count(\.late, call.ticket)
      } else {
        count(\.good, call.ticket)
        let wait = (now - Double(call.ticket.arrivedNanos)) / 1e6
        worstWaits[Int(now / 1e7)] = max(worstWaits[Int(now / 1e7)] ?? 0, wait)
        if isCounted(call.ticket.arrivedNanos) { tallies[call.ticket.rank, default: Tally()].waits.append(wait) }
      }
    }
    controller.turned(from: UInt64(start), to: UInt64(now), leavesWork: !queue.isEmpty)
  }

  private mutating func count(_ part: WritableKeyPath<Tally, Int>, _ ticket: CallTicket) {
    if isCounted(ticket.arrivedNanos) { tallies[ticket.rank, default: Tally()][keyPath: part] += 1 }
  }
}
