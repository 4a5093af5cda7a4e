/// HTML and SVG as text. Whatever comes from outside goes through ``text(_:)`` or an attribute, which are escaped.
enum EvaluationMarkup {
  /// `text` as it appears on the page; control characters, which no page may hold, become the replacement character.
  static func text(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\t", "\n": escaped.unicodeScalars.append(scalar)
      default:
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        escaped.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
      }
    }
    return escaped
  }

  /// An element; `content` is markup, attribute values are escaped.
  static func element(_ name: String, _ attributes: [(String, String)] = [], _ content: String) -> String {
    let written = attributes.map { " \($0.0)=\"\(text($0.1))\"" }.joined()
    return "<\(name)\(written)>\(content)</\(name)>"
  }

  /// A table; everything in it is escaped. `style` gives a row a class.
  static func table(_ table: EvaluationTables.Table, style: ([String]) -> String? = { _ in nil }) -> String {
    func cell(_ name: String, _ column: Int, _ content: String, _ scope: String?) -> String {
      let isText = column < table.columns.count && table.columns[column].alignment == .left
      let attributes = (isText ? [("class", "left")] : []) + (scope.map { [("scope", $0)] } ?? [])
      return element(name, attributes, text(content))
    }
    let head = table.columns.enumerated().map { column, title in cell("th", column, title.title, "col") }
    let rows = table.rows.map { row in
      let cells = row.enumerated().map { column, content in
        column == 0 ? cell("th", column, content, "row") : cell("td", column, content, nil)
      }
      return element("tr", style(row).map { [("class", $0)] } ?? [], cells.joined())
    }
    let body = element("tbody", [], "\n" + rows.joined(separator: "\n") + "\n")
    let whole = element("table", [], element("thead", [], element("tr", [], head.joined())) + body)
    return element("div", [("class", "scroll")], whole) + "\n"
  }
}
