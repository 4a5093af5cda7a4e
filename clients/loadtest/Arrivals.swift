/// The arrival times of an open loop: every `threads`-th call of a constant rate, beginning with call `thread`.
struct Arrivals {
  private let start: Int64
  private let rate: Double
  private let threads: Int
  private var index: Int

  init(start: Int64, rate: Double, thread: Int, threads: Int) {
    self.start = start
    self.rate = rate
    self.threads = threads
    index = thread
  }

  /// When the next call arrives. Computed from its number, so that no rounding adds up.
  var next: Int64 { start + Int64((Double(index) * 1e9 / rate).rounded()) }

  mutating func advance() { index += threads }
}
