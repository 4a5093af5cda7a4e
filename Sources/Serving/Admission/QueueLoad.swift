/// The work that waits in a queue, by importance and size.
struct QueueLoad: Equatable {
  /// Nanoseconds of work of the calls that are answered in one go, by ``CallTicket/Rank``.
  private var small = PerRank<UInt64>(0)
  /// The same of those ranked in chunks.
  private var large = PerRank<UInt64>(0)

  /// All of it.
  var nanos: UInt64 { small.sum(through: .sheddable) + large.sum(through: .sheddable) }

  mutating func add(_ ticket: CallTicket) {
    if ticket.isLarge {
      large[ticket.rank] += ticket.costNanos
    } else {
      small[ticket.rank] += ticket.costNanos
    }
  }

  mutating func remove(_ ticket: CallTicket) {
    if ticket.isLarge {
      large[ticket.rank] -= ticket.costNanos
    } else {
      small[ticket.rank] -= ticket.costNanos
    }
  }

  /// The work that is done before a call like this, if it comes last among its like: all of its own size that matters as
  /// much or more, and as much again of the other size, with which it shares the worker.
  ///
  /// - Parameter chunk: what a large call may hold a small one up for in any case.
  func ahead(of ticket: CallTicket, chunk: UInt64) -> UInt64 {
    let (smaller, larger) = (small.sum(through: ticket.rank), large.sum(through: ticket.rank))
    let (own, other) = ticket.isLarge ? (larger, smaller) : (smaller, larger)
    // One size's turn comes after the other's, whatever is left of either.
    return own + min(other, ticket.isLarge ? own + ticket.costNanos : own + chunk)
  }
}
