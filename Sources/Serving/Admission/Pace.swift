/// How fast a worker gets on: nanoseconds that pass for each nanosecond of work on calls, and the shares of the time in
/// which it has work, and in which it is asked for work of each importance.
///
/// What ``CostModel`` knows of single calls leaves out what reading and writing take, and times in which the thread does
/// not run because others use the processor, or a quota is used up. All of it is in here: the times between turns are
/// measured, and compared with the work on calls that was done in them.
struct Pace {
  /// Observations lose their weight over this time.
  static let memoryNanos = 200_000_000.0
  private static let bounds = 0.25...64.0

  private var busyNanos = Self.memoryNanos / 20
  private var workNanos = Self.memoryNanos / 20
  /// The share of the time that is spent busy.
  private(set) var busyShare = 0.0
  /// Work that was admitted, by importance, over ``memoryNanos``.
  private var admittedNanos = PerRank(0.0)

  /// Nanoseconds that pass for one of work while there is something to do.
  var slowness: Double { min(Self.bounds.upperBound, max(Self.bounds.lowerBound, busyNanos / workNanos)) }

  /// The share of the time that calls which matter more than these are going to take.
  func share(above rank: CallTicket.Rank) -> Double {
    (admittedNanos.sum(through: rank) - admittedNanos[rank]) / Self.memoryNanos * slowness
  }

  /// Takes note of a call that was admitted.
  mutating func admit(_ ticket: CallTicket) { admittedNanos[ticket.rank] += Double(ticket.costNanos) }

  /// Takes note of a stretch of time without a pause, in which work on calls took so much.
  mutating func note(busyNanos: UInt64, workNanos: UInt64) {
    let busy = Double(busyNanos)
    let kept = Self.kept(busy)
    self.busyNanos = self.busyNanos * kept + busy
    self.workNanos = max(1, self.workNanos * kept + Double(workNanos))
    busyShare = busyShare * kept + (1 - kept)
    forget(kept)
  }

  private mutating func forget(_ kept: Double) {
    admittedNanos[.critical] *= kept
    admittedNanos[.ordinary] *= kept
    admittedNanos[.sheddable] *= kept
  }

  /// Takes note of a stretch of time with nothing to do.
  mutating func note(idleNanos: UInt64) {
    let kept = Self.kept(Double(idleNanos))
    busyShare *= kept
    forget(kept)
  }

  /// What an old observation weighs after so many nanoseconds: e^−x to the first order, which never grows.
  private static func kept(_ nanos: Double) -> Double { 1 / (1 + nanos / memoryNanos) }
}
