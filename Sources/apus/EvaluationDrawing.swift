import Foundation

/// An SVG picture in the making, in units of pixels, styled by the page's classes.
struct EvaluationDrawing {
  /// Where a text stands from its point.
  enum Anchor: String {
    case start
    case middle
    case end
  }

  let width: Double
  let height: Double
  private var marks = ""

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    marks +=
      "<line class=\"\(style)\" x1=\"\(Self.pixels(x1))\" y1=\"\(Self.pixels(y1))\" x2=\"\(Self.pixels(x2))\" "
      + "y2=\"\(Self.pixels(y2))\"/>\n"
  }

  mutating func rectangle(_ x: Double, _ y: Double, width: Double, height: Double, _ style: String) {
    marks +=
      "<rect class=\"\(style)\" x=\"\(Self.pixels(x))\" y=\"\(Self.pixels(y))\" width=\"\(Self.pixels(max(0, width)))\" "
      + "height=\"\(Self.pixels(max(0, height)))\" rx=\"2\"/>\n"
  }

  /// A point; `tip` shows where somebody points at it.
  mutating func point(_ x: Double, _ y: Double, radius: Double = 4, _ style: String, tip: String = "") {
    let title = tip.isEmpty ? "" : EvaluationMarkup.element("title", [], EvaluationMarkup.text(tip))
    marks +=
      "<circle class=\"\(style)\" cx=\"\(Self.pixels(x))\" cy=\"\(Self.pixels(y))\" r=\"\(Self.pixels(radius))\">"
      + "\(title)</circle>\n"
  }

  mutating func path(_ points: [(x: Double, y: Double)], _ style: String) {
    let list = points.map { "\(Self.pixels($0.x)),\(Self.pixels($0.y))" }.joined(separator: " ")
    marks += "<polyline class=\"\(style)\" points=\"\(list)\"/>\n"
  }

  mutating func text(_ x: Double, _ y: Double, _ anchor: Anchor, _ style: String, _ text: String) {
    let attributes = [
      ("class", style), ("x", Self.pixels(x)), ("y", Self.pixels(y)), ("text-anchor", anchor.rawValue),
    ]
    marks += EvaluationMarkup.element("text", attributes, EvaluationMarkup.text(text)) + "\n"
  }

  /// A text that reads upwards, around its point.
  mutating func upright(_ x: Double, _ y: Double, _ style: String, _ text: String) {
    let turn = "rotate(-90 \(Self.pixels(x)) \(Self.pixels(y)))"
    let attributes = [
      ("class", style), ("x", Self.pixels(x)), ("y", Self.pixels(y)), ("text-anchor", "middle"), ("transform", turn),
    ]
    marks += EvaluationMarkup.element("text", attributes, EvaluationMarkup.text(text)) + "\n"
  }

  /// The picture in one of the page's sizes; `label` says in a sentence what it shows, for those who cannot see it.
  func svg(_ label: String, size: String = "wide") -> String {
    let attributes = [
      ("class", size),
      ("viewBox", "0 0 \(Self.pixels(width)) \(Self.pixels(height))"), ("role", "img"), ("aria-label", label),
    ]
    return EvaluationMarkup.element("svg", attributes, "\n" + marks) + "\n"
  }

  /// Tenths of a pixel are enough.
  private static func pixels(_ value: Double) -> String {
    let text = String(format: "%.1f", value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

/// From values to pixels, in a straight line.
struct EvaluationScale {
  let values: ClosedRange<Double>
  let from: Double
  let to: Double

  /// Values beyond the range stand at its end.
  func callAsFunction(_ value: Double) -> Double {
    let held = min(values.upperBound, max(values.lowerBound, value))
    let width = values.upperBound - values.lowerBound
    return from + (width > 0 ? (held - values.lowerBound) / width : 0.5) * (to - from)
  }
}
