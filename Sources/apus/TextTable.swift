import Foundation

/// A table for people: columns as wide as their cells, numbers to the right.
struct TextTable {
  /// Where a column's cells stand.
  enum Alignment {
    case left
    case right
  }

  private var columns: [(title: String, alignment: Alignment)] = []
  private var rows: [[String]] = []

  init(_ columns: [(String, Alignment)]) { self.columns = columns.map { (title: $0.0, alignment: $0.1) } }

  /// Adds a row; missing cells are empty.
  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// All lines, header first.
  func render() -> String {
    let widths = columns.indices.map { column in
      rows.reduce(Self.width(columns[column].title)) { max($0, column < $1.count ? Self.width($1[column]) : 0) }
    }
    let header = columns.map(\.title)
    let rule = widths.map { String(repeating: "-", count: $0) }
    return ([header, rule] + rows).map { line($0, widths) }.joined(separator: "\n")
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (column, width) in widths.enumerated() {
      let cell = column < cells.count ? cells[column] : ""
      let padding = String(repeating: " ", count: max(0, width - Self.width(cell)))
      line += (column == 0 ? "" : "  ") + (columns[column].alignment == .left ? cell + padding : padding + cell)
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  /// Terminal cells of a text: two for East Asian and pictographic characters.
  static func width(_ text: String) -> Int {
    text.reduce(0) { sum, character in
      guard let first = character.unicodeScalars.first else { return sum }
      let isWide =
        (0x1100...0x115F).contains(first.value) || (0x2E80...0xA4CF).contains(first.value)
        || (0xAC00...0xD7A3).contains(first.value) || (0xF900...0xFAFF).contains(first.value)
        || (0xFE30...0xFE6F).contains(first.value) || (0xFF00...0xFF60).contains(first.value)
        || (0x1F300...0x1FAFF).contains(first.value)
      return sum + (isWide ? 2 : 1)
    }
  }

  /// One line of at most `limit` cells: white space and control characters folded, the rest cut with an ellipsis.
  static func oneLine(_ text: String, limit: Int) -> String {
    let folded = text.split(whereSeparator: { $0.isWhitespace || $0.isNewline }).joined(separator: " ")
    let visible = String(
      String.UnicodeScalarView(
        folded.unicodeScalars.filter { !($0.value < 0x20 || (0x7F...0x9F).contains($0.value)) }))
    guard width(visible) > limit else { return visible }
    var cut = ""
    var used = 0
    for character in visible {
      let cells = width(String(character))
      if used + cells > limit - 1 { break }
      cut.append(character)
      used += cells
    }
    return cut + "…"
  }
}
