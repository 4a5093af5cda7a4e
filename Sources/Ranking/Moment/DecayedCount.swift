/// A count that halves with time: what it was when it last grew, and when that was.
///
/// Read at time t it is value · 2^(−(t − last) / half-life), so that nothing has to be touched while time passes
/// (exponential decay of counters; Cormode et al., "Forward Decay", ICDE 2009). Counts that grow together share the
/// time they last grew at; each has its own half-life.
enum DecayedCount {
  /// Seconds after which a count is half of what it was.
  enum HalfLife {
    static let halfHour = 1_800.0
    static let hour = 3_600.0
    static let sixHours = 21_600.0
    static let day = 86_400.0
    static let twoDays = 172_800.0
    static let threeDays = 259_200.0
    static let fortnight = 1_209_600.0
    static let month = 2_592_000.0
    static let twoMonths = 5_184_000.0
  }

  /// What is left after `seconds`; everything for a time that has not passed.
  @inline(__always)
  static func factor(seconds: Int64, halfLife: Double) -> Float {
    seconds <= 0 ? 1 : Logarithm.powerOfTwo(-Float(seconds) * Float(1 / halfLife))
  }

  /// What is left of `count` after `seconds`; no exponential for what never was.
  @inline(__always)
  static func left(of count: Float, after seconds: Int64, halfLife: Double) -> Float {
    count == 0 ? 0 : count * factor(seconds: seconds, halfLife: halfLife)
  }

  /// One more, `seconds` after the last.
  @inline(__always)
  static func grow(_ count: inout Float, after seconds: Int64, halfLife: Double) {
    count = left(of: count, after: seconds, halfLife: halfLife) + 1
  }
}
