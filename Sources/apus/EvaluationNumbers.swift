import Foundation
import Training

/// Numbers and times as the evaluation's table and page write them.
enum EvaluationNumbers {
  /// With `places` decimals; a dash where there is none.
  static func number(_ value: Double?, places: Int = 3) -> String {
    value.map { String(format: "%.\(places)f", $0) } ?? "–"
  }

  /// `low … high`.
  static func interval(_ low: Double?, _ high: Double?) -> String { "\(number(low)) … \(number(high))" }

  /// A mean with its sign and interval.
  static func difference(_ mean: Double, _ low: Double, _ high: Double, places: Int = 3) -> String {
    String(format: "%+.\(places)f (%+.\(places)f … %+.\(places)f)", mean, low, high)
  }

  /// A count with a comma between thousands.
  static func count(_ value: Int) -> String {
    var text = ""
    for (place, digit) in String(value.magnitude).reversed().enumerated() {
      if place > 0, place % 3 == 0 { text = "," + text }
      text = String(digit) + text
    }
    return (value < 0 ? "-" : "") + text
  }

  /// A count in few letters: 950, 9.5k, 95k, 1.2M.
  static func short(_ value: Int) -> String {
    if value < 1_000 { return "\(value)" }
    let (scaled, unit) = value < 999_500 ? (Double(value) / 1_000, "k") : (Double(value) / 1_000_000, "M")
    return String(format: scaled < 9.95 ? "%.1f" : "%.0f", scaled) + unit
  }

  /// Date and time in UTC; a dash where there is none.
  static func time(_ seconds: Int64?) -> String {
    seconds.map(UnixTime.text) ?? "–"
  }
}
