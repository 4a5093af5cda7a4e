/// What one call has spent in each phase so far, in nanoseconds.
struct PhaseTimes {
  private var nanos: InlineArray<11, UInt64> = .init(repeating: 0)
  /// A bit for each phase that the call went through.
  private var entered: UInt32 = 0

  /// Adds to a phase, which a call may go through more than once.
  @inline(__always)
  mutating func add(_ phase: Phase, nanos more: UInt64) {
    nanos[phase.rawValue] &+= more
    entered |= 1 << UInt32(phase.rawValue)
  }

  /// Calls `body` with each phase that the call went through.
  @inline(__always)
  func forEach(_ body: (Phase, UInt64) -> Void) {
    var left = entered
    while left != 0 {
      let number = left.trailingZeroBitCount
      left &= left &- 1
      if let phase = Phase(rawValue: number) { body(phase, nanos[number]) }
    }
  }
}
