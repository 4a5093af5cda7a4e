import Glibc

/// Numbers as reports show them.
enum ReportText {
  /// `1234567` as `1,234,567`.
  static func count(_ value: Int) -> String {
    var groups = ""
    for (index, digit) in String(value.magnitude).reversed().enumerated() {
      if index > 0, index % 3 == 0 { groups.append(",") }
      groups.append(digit)
    }
    return (value < 0 ? "-" : "") + String(groups.reversed())
  }

  /// A small positive number as `8.8e-12`.
  static func scientific(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return "\(value)" }
    var exponent = log10(value).rounded(.down)
    var mantissa = value / pow(10, exponent)
    // 9.96 would be shown as 10.0.
    if mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    return "\(decimal(mantissa, places: 1))e\(Int(exponent))"
  }

  /// A number with `places` decimals, not depending on the locale.
  static func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15, places > 0 else { return "\(value)" }
    let scale = (0..<places).reduce(1) { power, _ in power * 10 }
    guard let scaled = Int(exactly: (value.magnitude * Double(scale)).rounded()) else { return "\(value)" }
    let fraction = String(scaled % scale)
    let zeros = String(repeating: "0", count: places - fraction.utf8.count)
    return (value < 0 ? "-" : "") + "\(scaled / scale).\(zeros)\(fraction)"
  }
}
