import Foundation
import Training

/// Progress of long work on standard error: a bar that redraws itself on a terminal, a line per finished stage
/// elsewhere.
final class ProgressBar: TrainingProgress {
  private let isTerminal = Terminal.errorIsTerminal
  private var stageBegan = Date()
  private var stage = ""
  private var lastDrawn = Date.distantPast

  func update(stage: String, completed: Int, total: Int) {
    let isNew = stage != self.stage
    if isNew {
      self.stage = stage
      stageBegan = Date()
    }
    // A stage shows at once, however short the one before it was; after that a bar moves twenty times a second.
    guard isTerminal, isNew || Date().timeIntervalSince(lastDrawn) > 0.05 else { return }
    lastDrawn = Date()
    let name = stage.padding(toLength: 26, withPad: " ", startingAt: 0)
    if total > 0 {
      let width = 30
      let filled = min(width, completed * width / max(1, total))
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
      draw("\(name) \(bar) \(completed * 100 / max(1, total)) %")
    } else {
      draw("\(name) \(completed)")
    }
  }

  func finish(stage: String, detail: String) {
    let seconds = stage == self.stage ? Date().timeIntervalSince(stageBegan) : 0
    let name = stage.padding(toLength: 26, withPad: " ", startingAt: 0)
    draw("\(name) \(String(format: "%6.2f s", seconds))  \(detail)", ends: true)
    self.stage = ""
  }

  private func draw(_ line: String, ends: Bool = false) {
    let text = (isTerminal ? "\r\u{1B}[K" : "") + line + (ends ? "\n" : "")
    FileHandle.standardError.write(Data(text.utf8))
  }
}
