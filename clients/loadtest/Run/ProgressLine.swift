import Glibc

/// One line on the terminal that says how the run goes; nothing where standard error is not a terminal.
struct ProgressLine {
  private let timeline: Timeline
  private let seconds: Double
  private let isTerminal: Bool
  private var answeredBefore = 0

  init(plan: LoadPlan, timeline: Timeline) {
    self.timeline = timeline
    // Of several processes one is enough on a terminal; its figures are those of its share.
    isTerminal = isatty(STDERR_FILENO) == 1 && plan.share.index == 0
    seconds = plan.warmupSeconds + plan.durationSeconds
  }

  mutating func update(_ snapshot: (answered: Int, failed: Int)) {
    guard isTerminal else { return }
    let passed = Double(Clock.monotonicNanos() - timeline.start) / 1e9
    let phase =
      passed * 1e9 + Double(timeline.start) < Double(timeline.measureStart)
      ? "warming up" : passed < seconds ? "measuring" : "waiting for the last replies"
    let second = snapshot.answered - answeredBefore
    answeredBefore = snapshot.answered
    Self.write(
      "\r\u{1B}[K\(Int(passed))/\(Int(seconds.rounded(.up))) s  \(phase)  \(second) calls/s  \(snapshot.failed) failed")
  }

  /// Removes the line, so that what follows begins on a clean one.
  func clear() {
    if isTerminal { Self.write("\r\u{1B}[K") }
  }

  /// One line for the person at the terminal, apart from the report on standard output.
  static func note(_ text: String) { write(text + "\n") }

  private static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
  }
}
