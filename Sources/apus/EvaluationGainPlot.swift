import Evaluation

/// NDCG@10 of each model with its 95 % interval, best first.
struct EvaluationGainPlot {
  /// Single signals shown at once; the rest fold away.
  static let signalsShown = 12

  typealias Model = (name: String, line: EvaluationResult.Line)

  private let models: [Model]
  private let chance: Double?

  /// - Parameters:
  ///   - models: best first.
  ///   - chance: NDCG@10 of the random order.
  init(_ models: [Model], chance: Double?) {
    self.models = models
    self.chance = chance
  }

  /// All that are no signals and the best signals, and then the other signals.
  static func split(_ models: [Model]) -> (first: [Model], rest: [Model]) {
    let best = Set(models.filter { $0.line.kind == .signal }.prefix(signalsShown).map(\.name))
    let isFirst = { (model: Model) in model.line.kind != .signal || best.contains(model.name) }
    return (models.filter(isFirst), models.filter { !isFirst($0) })
  }

  func svg() -> String {
    let (left, right, rowHeight, top) = (170.0, 640.0, 24.0, 14.0)
    let bottom = top + Double(models.count) * rowHeight
    var drawing = EvaluationDrawing(width: 820, height: bottom + 44)
    let scale = EvaluationScale(values: 0...1, from: left, to: right)
    for tick in 0...5 {
      let x = scale(Double(tick) / 5)
      drawing.line(x, top, x, bottom, "grid")
      drawing.text(x, bottom + 18, .middle, "tick", EvaluationNumbers.number(Double(tick) / 5, places: 1))
    }
    if let chance {
      drawing.line(scale(chance), top, scale(chance), bottom, "chance")
      drawing.text(scale(chance), bottom + 34, .middle, "tick", "chance")
    }
    drawing.text((left + right) / 2, bottom + 38, .middle, "axis", "NDCG@10")
    for (row, model) in models.enumerated() {
      let y = top + (Double(row) + 0.5) * rowHeight
      let kind = model.line.kind.rawValue
      drawing.text(left - 12, y + 4, .end, kind == "recipe" ? "label strong" : "label", model.name)
      guard let mean = model.line.ndcg, let low = model.line.ndcgLow, let high = model.line.ndcgHigh else {
        drawing.text(right + 12, y + 4, .start, "value", "–")
        continue
      }
      drawing.line(left, y, scale(mean), y, "stem \(kind)")
      drawing.line(scale(low), y, scale(high), y, "whisker \(kind)")
      for end in [low, high] { drawing.line(scale(end), y - 5, scale(end), y + 5, "cap \(kind)") }
      let interval = EvaluationNumbers.interval(low, high)
      drawing.point(scale(mean), y, radius: 4, "dot \(kind)", tip: "\(model.name): \(interval)")
      drawing.text(
        right + 12, y + 4, .start, kind == "recipe" ? "value strong" : "value", EvaluationNumbers.number(mean))
      drawing.text(right + 62, y + 4, .start, "tick", interval)
    }
    return drawing.svg("NDCG@10 of \(models.count) models with 95 % intervals, best first")
  }
}
