import Ranking
import Wire

/// Whether a call may wait for its turn, or is told at once that its turn would come too late; and from which rung of
/// ``RankEffort`` a worker answers.
///
/// Knows no clock: whoever asks says what time it is. One per worker, confined to its thread.
struct AdmissionController {
  /// What becomes of a call that has arrived.
  enum Verdict: Equatable {
    case admitted
    /// Its turn is expected to come too late; waiting for so long may help.
    case refused(retryAfterMillis: UInt32)
  }

  /// The share of the budget that is left which a call may be expected to wait: the rest is for what is not foreseen, for
  /// the answer itself and for the way.
  static let waitShare = 0.5
  /// Waiting for less than this does not help a client that was refused.
  static let leastRetryMillis = 20.0
  /// However much of the time more important calls take, so much is expected to be left.
  static let leastShareLeft = 0.05
  /// What a chunk of a large call is expected to take at most.
  static let chunkNanos: UInt64 = 1_000_000

  private(set) var costs = CostModel()
  private(set) var pace = Pace()
  private(set) var ladder = DegradationLadder()
  /// The greatest expected wait over the allowed one since the last turn, of calls that are not sheddable; nil where none
  /// came.
  private var pressure: Double?
  private var refusals: UInt64 = 0
  /// Work on the calls of this turn.
  private var workNanos: UInt64 = 0
  /// When the last turn ended, and whether it left work.
  private var lastEndNanos: UInt64?
  private var wasBusy = false

  /// From which rung calls are answered now.
  var effort: RankEffort { ladder.effort }

  /// Fills in what a call is expected to cost.
  func price(_ ticket: inout CallTicket) {
    ticket.costNanos = costs.nanos(ticket.method, units: ticket.units, effort: effort)
  }

  /// How long a call is expected to wait for its turn, in nanoseconds.
  ///
  /// Calls that matter more and are still to come go before it too: what they leave of the time is what its own kind has.
  func wait(for ticket: CallTicket, behind load: QueueLoad) -> Double {
    let left = max(Self.leastShareLeft, 1 - pace.share(above: ticket.rank))
    return Double(load.ahead(of: ticket, chunk: Self.chunkNanos)) * pace.slowness / left
  }

  /// Judges a call by the work that it would wait for. Where nothing waits every call is admitted, so that whatever was
  /// expected wrongly is found out.
  mutating func judge(_ ticket: CallTicket, behind load: QueueLoad, now: UInt64) -> Verdict {
    let wait = wait(for: ticket, behind: load)
    let left = ticket.endNanos > now ? Double(ticket.endNanos - now) : 0
    let allowed = max(1, left * Self.waitShare)
    // Sheddable calls are refused before anybody's answers get worse.
    if ticket.rank != .sheddable { pressure = max(pressure ?? 0, wait / allowed) }
    guard wait > allowed else {
      pace.admit(ticket)
      return .admitted
    }
    return .refused(retryAfterMillis: retryMillis(excessNanos: wait - allowed))
  }

  /// When a client that was refused may try again: when the excess is expected to be worked off, and up to as long again,
  /// spread evenly, so that those who were refused together do not come back together.
  mutating func retryMillis(excessNanos: Double) -> UInt32 {
    refusals &+= 1
    // Multiples of the golden ratio, modulo 1, leave no gaps: the same sequence in every run.
    let spread = (Double(refusals % 1_000_000) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
    return UInt32(min(60_000, max(Self.leastRetryMillis, excessNanos / 1_000_000) * (1 + spread)))
  }

  /// Takes note of what a call did cost.
  mutating func learn(_ ticket: CallTicket, effort: RankEffort, nanos: UInt64) {
    workNanos += costs.learn(ticket.method, units: ticket.units, effort: effort, nanos: nanos)
  }

  /// Takes note of a turn of the loop, which leaves work or not.
  mutating func turned(from start: UInt64, to end: UInt64, leavesWork: Bool) {
    let began = lastEndNanos.map { min($0, start) } ?? start
    if wasBusy {
      // Between two turns of a busy worker calls are read and written.
      pace.note(busyNanos: end - began, workNanos: workNanos)
    } else {
      pace.note(idleNanos: start - began)
      if workNanos > 0 { pace.note(busyNanos: end - start, workNanos: workNanos) }
    }
    (lastEndNanos, wasBusy, workNanos) = (end, leavesWork, 0)
    // While calls wait and none comes there is nothing new to say.
    guard let pressure = pressure ?? (leavesWork ? nil : 0) else { return }
    ladder.observe(
      pressure: pressure, busyShare: pace.busyShare, ratioOfMore: costs.ratioOfMore(than: effort), now: end)
    self.pressure = nil
  }
}
