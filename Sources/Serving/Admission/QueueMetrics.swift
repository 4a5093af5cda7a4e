import Synchronization
import Wire

/// What one worker's queue holds now, and what has become of the calls that were not answered from it: written by the
/// worker's thread, read by whoever describes the server. Relaxed, so never a barrier.
public final class QueueMetrics: Sendable {
  private let calls = Atomic<UInt64>(0)
  private let nanos = Atomic<UInt64>(0)
  private let level = Atomic<UInt32>(0)
  private let expired = Atomic<UInt64>(0)
  private let cancelled = Atomic<UInt64>(0)
  private let shedCritical = Atomic<UInt64>(0)
  private let shedOrdinary = Atomic<UInt64>(0)
  private let shedSheddable = Atomic<UInt64>(0)
  private let degraded = Atomic<UInt64>(0)
  private let yields = Atomic<UInt64>(0)

  init() {}

  /// What waits at the end of a turn, and from which rung is answered.
  func show(calls: Int, nanos: UInt64, level: Int) {
    self.calls.store(UInt64(calls), ordering: .relaxed)
    self.nanos.store(nanos, ordering: .relaxed)
    self.level.store(UInt32(level), ordering: .relaxed)
  }

  /// A call whose budget was over before it was done.
  func countExpired() { expired.add(1, ordering: .relaxed) }
  /// A call whose connection ended before it was done.
  func countCancelled() { cancelled.add(1, ordering: .relaxed) }
  /// An answer from which something was left out.
  func countDegraded() { degraded.add(1, ordering: .relaxed) }
  /// A large call that was put aside so that others have their turn.
  func countYield() { yields.add(1, ordering: .relaxed) }

  /// A call that was refused, or put out of the queue again, because there was too much work.
  func countShed(_ rank: CallTicket.Rank) {
    switch rank {
    case .critical: shedCritical.add(1, ordering: .relaxed)
    case .ordinary: shedOrdinary.add(1, ordering: .relaxed)
    case .sheddable: shedSheddable.add(1, ordering: .relaxed)
    }
  }

  /// Nanoseconds of work that waited at the end of the last turn.
  var workNanos: UInt64 { nanos.load(ordering: .relaxed) }

  /// What it counts now.
  var description: QueueDescription { Self.sum([self]) }

  /// Sums over workers; of the level the greatest.
  static func sum(_ all: [QueueMetrics]) -> QueueDescription {
    all.reduce(into: QueueDescription()) { sum, one in
      sum.calls += one.calls.load(ordering: .relaxed)
      sum.workNanos += one.workNanos
      sum.degradationLevel = max(sum.degradationLevel, one.level.load(ordering: .relaxed))
      sum.expired += one.expired.load(ordering: .relaxed)
      sum.cancelled += one.cancelled.load(ordering: .relaxed)
      sum.shedCritical += one.shedCritical.load(ordering: .relaxed)
      sum.shedOrdinary += one.shedOrdinary.load(ordering: .relaxed)
      sum.shedSheddable += one.shedSheddable.load(ordering: .relaxed)
      sum.degraded += one.degraded.load(ordering: .relaxed)
      sum.yields += one.yields.load(ordering: .relaxed)
    }
  }
}
