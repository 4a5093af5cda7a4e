import Foundation

/// Latency over time in characters: per column a bar up to the median, and on top of it a lighter one up to the 99th percentile,
/// on a logarithmic scale; below, what was offered, and the share of it that was answered within its budget.
struct LatencyPlot {
  private static let height = 10
  private static let blocks = Array(" ▁▂▃▄▅▆▇█")

  private let columns: [TimeBins.Bin]
  private let columnNanos: Int64

  /// - Parameter width: columns, at most; a column is one bin or several.
  init(_ bins: TimeBins, width: Int = 72) {
    let step = max(1, (bins.bins.count + width - 1) / max(1, width))
    columns = stride(from: 0, to: bins.bins.count, by: step).map { bins.merged($0, $0 + step) }
    columnNanos = bins.binNanos * Int64(step)
  }

  func text() -> String {
    guard !columns.isEmpty else { return "" }
    let medians = columns.map { $0.times.micros(at: 50) }
    let tails = columns.map { $0.times.micros(at: 99) }
    let low = log10(max(1, medians.filter { $0 > 0 }.min() ?? 1))
    let high = max(log10(max(1, tails.max() ?? 1)), low + 0.5)
    func rows(_ micros: Double) -> Int {
      micros <= 0 ? 0 : max(1, Int(((log10(micros) - low) / (high - low) * Double(Self.height - 1)).rounded()) + 1)
    }
    var lines = [
      "", "latency of OK replies, by arrival: █ up to p50, ░ up to p99; a column is \(columnNanos / 1_000_000) ms",
    ]
    for level in stride(from: Self.height, to: 0, by: -1) {
      let micros = pow(10, low + (high - low) * Double(level - 1) / Double(Self.height - 1))
      let cells = columns.indices.map { rows(medians[$0]) >= level ? "█" : rows(tails[$0]) >= level ? "░" : " " }
      lines.append(Self.label(level % 3 == 1 ? Self.time(micros) : "") + "│" + cells.joined())
    }
    lines.append(Self.label("") + "└" + String(repeating: "─", count: columns.count))
    lines.append(Self.label("seconds") + " " + axis())
    let most = columns.map(\.offered).max() ?? 0
    lines.append(Self.label("offered") + " " + line { most == 0 ? 0 : Double($0.offered) / Double(most) })
    lines.append(Self.label("in budget") + " " + line { LoadReport.share($0.inBudget, of: $0.offered) })
    let peak = Double(most) * 1e9 / Double(columnNanos)
    lines.append(Self.label("") + " full height: \(LoadReport.number(peak)) calls/s offered, 100 % in budget")
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ share: (TimeBins.Bin) -> Double) -> String {
    String(columns.map { bin in Self.blocks[Int((min(1, max(0, share(bin))) * 8).rounded(.up))] })
  }

  /// The second at which a column begins, every tenth column.
  private func axis() -> String {
    var text = ""
    for index in stride(from: 0, to: columns.count, by: 10) {
      let second = LoadReport.number(Double(Int64(index) * columnNanos) / 1e9, digits: 1)
      text += String(repeating: " ", count: max(0, index - text.count)) + second
    }
    return text
  }

  private static func label(_ text: String) -> String {
    String(repeating: " ", count: max(0, 10 - text.count)) + text
  }

  private static func time(_ micros: Double) -> String {
    micros >= 1_000_000
      ? String(format: "%.1f s", micros / 1e6)
      : micros >= 1000 ? String(format: "%.1f ms", micros / 1000) : String(format: "%.0f µs", micros)
  }
}
