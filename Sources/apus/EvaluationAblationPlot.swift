import Evaluation

/// What each group of signals adds to NDCG@10, with the paired 95 % interval, most first.
struct EvaluationAblationPlot {
  private let lines: [AblationLine]

  init(_ lines: [AblationLine]) { self.lines = lines }

  func svg() -> String {
    let (left, right, rowHeight, top) = (200.0, 690.0, 28.0, 14.0)
    let bottom = top + Double(lines.count) * rowHeight
    var drawing = EvaluationDrawing(width: 820, height: bottom + 44)
    let step = Self.step(lines.map { max($0.gainHigh, -$0.gainLow, $0.gain.magnitude) }.max() ?? 0)
    let low = ((lines.map(\.gainLow).min() ?? 0) / step).rounded(.down) * step
    let high = max(step, ((lines.map(\.gainHigh).max() ?? 0) / step).rounded(.up) * step)
    let scale = EvaluationScale(values: min(0, low)...high, from: left, to: right)
    for tick in Int((min(0, low) / step).rounded())...Int((high / step).rounded()) {
      let value = Double(tick) * step
      drawing.line(scale(value), top, scale(value), bottom, tick == 0 ? "base" : "grid")
      let places = step < 0.001 ? 4 : step < 0.01 ? 3 : 2
      drawing.text(scale(value), bottom + 18, .middle, "tick", EvaluationNumbers.number(value, places: places))
    }
    drawing.text((left + right) / 2, bottom + 38, .middle, "axis", "NDCG@10 lost without the group")
    for (row, line) in lines.enumerated() {
      let y = top + (Double(row) + 0.5) * rowHeight
      let (from, to) = (min(scale(0), scale(line.gain)), max(scale(0), scale(line.gain)))
      drawing.text(left - 12, y + 4, .end, "label", line.group)
      drawing.rectangle(from, y - 8, width: to - from, height: 16, line.gain < 0 ? "bar loss" : "bar")
      drawing.line(scale(line.gainLow), y, scale(line.gainHigh), y, "whisker recipe")
      let text = EvaluationNumbers.number(line.gain, places: 4)
      let tip = "\(line.group): \(text) (\(line.signals.joined(separator: ", ")))"
      drawing.point(scale(line.gain), y, radius: 3.5, "dot recipe", tip: tip)
      drawing.text(right + 12, y + 4, .start, "value", text)
    }
    return drawing.svg("NDCG@10 lost without each of \(lines.count) groups of signals, with 95 % intervals")
  }

  /// A round distance between ticks, so that there are up to eight of them.
  private static func step(_ most: Double) -> Double {
    var step = 0.0001
    var turn = 0
    while most / step > 8 {
      step *= [2, 2.5, 2][turn % 3]
      turn += 1
    }
    return step
  }
}
