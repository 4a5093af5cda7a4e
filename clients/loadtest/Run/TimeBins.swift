/// What became of the calls that arrived in each short span of the measured time: a time line of the run.
struct TimeBins: Codable, Sendable {
  struct Bin: Codable, Sendable {
    var offered = 0
    /// Answered OK.
    var accepted = 0
    /// Of those, within their budget.
    var inBudget = 0
    /// Answered otherwise.
    var refused = 0
    /// Of the accepted ones, from their arrival to the reply.
    var times = TimeHistogram(.coarse)

    mutating func add(_ other: Bin) {
      offered += other.offered
      accepted += other.accepted
      inBudget += other.inBudget
      refused += other.refused
      times.add(other.times)
    }
  }

  let binNanos: Int64
  /// From the beginning of the measured time; nil where nothing arrived.
  private(set) var bins: [Bin?] = []

  /// Counts a call that arrived so long after the measured time began as offered, and what became of it by `outcome`.
  mutating func add(arrivedAt nanos: Int64, _ outcome: (inout Bin) -> Void) {
    change(Int(max(0, nanos) / binNanos)) {
      $0.offered += 1
      outcome(&$0)
    }
  }

  mutating func add(_ other: TimeBins) {
    for (index, bin) in other.bins.enumerated() {
      if let bin { change(index) { $0.add(bin) } }
    }
  }

  private mutating func change(_ index: Int, _ body: (inout Bin) -> Void) {
    if index >= bins.count { bins += [Bin?](repeating: nil, count: index + 1 - bins.count) }
    // Taken out meanwhile, so that its histogram is not copied.
    var bin = bins[index].take() ?? Bin()
    body(&bin)
    bins[index] = bin
  }

  /// The bins from `first` on to `last`, exclusive, as one.
  func merged(_ first: Int, _ last: Int) -> Bin {
    var all = Bin()
    for index in max(0, first)..<max(0, first, min(last, bins.count)) {
      if let bin = bins[index] { all.add(bin) }
    }
    return all
  }
}
