import Wire

/// What the queue knows of a call: how much it matters, until when it is wanted, and what it will cost.
struct CallTicket: Equatable {
  /// How much a call matters, the most important first; the order in which the queue serves.
  enum Rank: Int, CaseIterable, Comparable {
    case critical, ordinary, sheddable

    /// Values of later versions are ordinary calls.
    init(_ criticality: Criticality) {
      switch criticality {
      case .critical: self = .critical
      case .sheddable: self = .sheddable
      default: self = .ordinary
      }
    }

    /// The more important one is the lesser.
    static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
  }

  let rank: Rank
  let method: CallOutline.Method
  /// Candidates, and what reading texts is worth in candidates.
  let units: Int
  /// Whether it is ranked in chunks, between which others have their turn.
  let isLarge: Bool
  /// When its last byte came, on the monotonic clock.
  let arrivedNanos: UInt64
  /// When its budget is over; the same as `arrivedNanos` for a budget of 0.
  let endNanos: UInt64
  /// What it was taken to cost when it came, in nanoseconds of work.
  var costNanos: UInt64

  /// How much of the budget has gone by at a time, in (0, 1) before its end.
  func shareUsed(at now: UInt64) -> Double {
    guard now > arrivedNanos else { return 0 }
    guard now < endNanos else { return 1 }
    return Double(now - arrivedNanos) / Double(endNanos - arrivedNanos)
  }
}

extension CallTicket {
  /// Text bytes that take about as long to read as a candidate takes to score.
  static let textBytesPerUnit = 32

  /// The ticket of a call that was looked at; its cost is still to be filled in.
  init(_ outline: CallOutline, limits: Limits, arrivedNanos: UInt64) {
    // Who looks after the server must reach it when it is busy most of all.
    rank = outline.method == .other ? .critical : Rank(outline.criticality)
    method = outline.method
    switch outline.method {
    case .recommend: units = limits.recommendCandidates
    // What is over the limits is refused, and costs no more than to find that out.
    default:
      units =
        min(outline.items, max(limits.candidatesPerCall, limits.eventsPerCall))
        + outline.textBytes / Self.textBytesPerUnit
    }
    isLarge = (method == .rank || method == .recommend) && units > limits.chunkCandidates
    self.arrivedNanos = arrivedNanos
    endNanos =
      arrivedNanos + UInt64(limits.budgetMillis(requested: outline.budgetMillis)) * 1_000_000
    costNanos = 0
  }
}
