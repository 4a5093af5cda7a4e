import Foundation

/// Progress of work on many equal items on standard error, with its rate and what is left: a line that redraws itself on
/// a terminal, one line at the end elsewhere.
final class RateBar {
  private let stage: String
  private let unit: String
  private let total: Int
  private let isTerminal = Terminal.errorIsTerminal
  private let began = Date()
  private var lastDrawn = Date.distantPast
  private var done = 0

  init(stage: String, unit: String, total: Int) {
    (self.stage, self.unit, self.total) = (stage, unit, total)
  }

  /// Since the start.
  var seconds: Double { Date().timeIntervalSince(began) }

  /// Items a second so far.
  var rate: Double { Double(done) / max(seconds, 1e-9) }

  /// So many are done.
  func update(_ done: Int) {
    self.done = done
    guard isTerminal, Date().timeIntervalSince(lastDrawn) > 0.05 else { return }
    lastDrawn = Date()
    let left = Int((Double(total - done) / max(rate, 1e-9)).rounded(.up))
    let filled = 30 * done / max(1, total)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    draw("\(stage) \(bar) \(done * 100 / max(1, total)) %, \(Int(rate)) \(unit)/s, \(left) s left")
  }

  /// Takes the line away, before something else is said.
  func clear() { if isTerminal { draw("") } }

  /// The last line.
  func finish(detail: String) {
    draw("\(stage) \(done) \(unit) in \(String(format: "%.2f s", seconds))  \(detail)\n")
  }

  private func draw(_ text: String) {
    FileHandle.standardError.write(Data(((isTerminal ? "\r\u{1B}[K" : "") + text).utf8))
  }
}
