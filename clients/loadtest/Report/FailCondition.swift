/// What a report must not be, written `p99>200ms`, `goodput-share<95%`, `critical.availability<99.9%`.
struct FailCondition: Sendable {
  enum Comparison: String, CaseIterable, Sendable {
    // The longer ones come first: `>` is the beginning of `>=`.
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"

    func holds(_ value: Double, _ bound: Double) -> Bool {
      switch self {
      case .atLeast: value >= bound
      case .atMost: value <= bound
      case .above: value > bound
      case .below: value < bound
      }
    }
  }

  let text: String
  private let metric: String
  private let comparison: Comparison
  /// Times in microseconds, shares from 0 to 1.
  private let bound: Double

  init(_ text: String) throws(LoadError) {
    self.text = text
    for comparison in Comparison.allCases {
      guard let range = text.firstRange(of: comparison.rawValue) else { continue }
      let metric = String(text[..<range.lowerBound].filter { $0 != " " })
      guard let unit = Self.unit(of: metric), let bound = Self.bound(text[range.upperBound...], unit) else { break }
      self.metric = metric
      self.comparison = comparison
      self.bound = bound
      return
    }
    throw .option("'\(text)' is not METRIC>BOUND or METRIC<BOUND, such as p99>200ms; metrics are \(Self.names)")
  }

  /// Why the condition holds; nil: it does not. A metric that was not measured counts as 0.
  func failure(of report: LoadReport) -> String? {
    let value = Self.value(of: metric, in: report) ?? 0
    guard comparison.holds(value, bound) else { return nil }
    let unit = Self.unit(of: metric)
    return "\(text): it is "
      + (unit == .time
        ? "\(LoadReport.number(value / 1000, digits: 3)) ms"
        : unit == .share ? LoadReport.percent(value) : LoadReport.number(value, digits: 1))
  }

  // MARK: Metrics

  private enum Unit { case time, share, count }

  private static let percentiles = ["p50", "p90", "p99", "p99.9", "p99.99", "max"]
  private static let groups = ["refused", "answered", "server", "queue", "send-delay"]
  private static let shares = ["goodput-share", "degraded-share", "late-share"]
  private static let counts = ["goodput", "calls", "offered", "failed", "refused", "lost"]
  static let names =
    "\(percentiles.joined(separator: ", ")) (of OK replies; or of \(groups.joined(separator: ", ")), as in refused.p99), "
    + (shares + counts).joined(separator: ", ") + ", CLASS.availability"

  private static func unit(of metric: some StringProtocol) -> Unit? {
    if percentiles.contains(String(metric)) { return .time }
    if shares.contains(String(metric)) { return .share }
    if counts.contains(String(metric)) { return .count }
    guard let dot = metric.firstIndex(of: ".") else { return nil }
    let head = String(metric[..<dot])
    let tail = String(metric[metric.index(after: dot)...])
    if groups.contains(head), percentiles.contains(tail) { return .time }
    return CallClass(name: head) != nil && tail == "availability" ? .share : nil
  }

  private static func bound(_ text: some StringProtocol, _ unit: Unit) -> Double? {
    let word = String(text.filter { $0 != " " })
    let scales: [(String, Double)]
    switch unit {
    case .time: scales = [("us", 1), ("µs", 1), ("ms", 1000), ("s", 1_000_000)]
    case .share: scales = [("%", 0.01), ("", 1)]
    case .count: scales = [("", 1)]
    }
    for (suffix, scale) in scales where word.hasSuffix(suffix) {
      if let value = Double(String(word.dropLast(suffix.count))), value.isFinite { return value * scale }
    }
    return nil
  }

  private static func value(of metric: String, in report: LoadReport) -> Double? {
    switch metric {
    case "goodput-share": return report.goodputShare
    case "degraded-share": return report.degradedShare
    case "late-share": return report.lateShare
    case "goodput": return report.goodputPerSecond
    case "calls": return report.callsPerSecond
    case "offered": return report.offeredPerSecond
    case "failed": return Double(report.failed)
    case "refused": return Double(report.refused)
    case "lost": return Double(report.lost)
    default: break
    }
    if let place = percentiles.firstIndex(of: metric) { return report.roundTripMicros.columns[place] }
    let head = String(metric.prefix { $0 != "." })
    if metric.hasSuffix(".availability") { return report.classes.first { $0.name == head }?.availability }
    guard let place = percentiles.firstIndex(of: String(metric.dropFirst(head.count + 1))) else { return nil }
    let times = [
      "refused": report.refusedMicros, "answered": report.answeredMicros, "server": report.serverMicros,
      "queue": report.queueMicros, "send-delay": report.sendDelayMicros,
    ]
    return times[head]?.columns[place]
  }
}
