import Glibc

/// Seconds since 1970.
package enum UnixTime {
  /// The years 1 to 9999: what calendars and other programs can write down.
  package static let years: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  /// Date and time in UTC, such as `2016-04-15 19:44:57 UTC`; the plain number for years beyond ``years``.
  package static func text(_ seconds: Int64) -> String {
    var (time, parts) = (time_t(seconds), tm())
    guard years.contains(seconds), gmtime_r(&time, &parts) != nil else { return "\(seconds)" }
    func padded(_ number: Int32, _ digits: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
    let date = [padded(parts.tm_year + 1900, 4), padded(parts.tm_mon + 1, 2), padded(parts.tm_mday, 2)]
    let clock = [padded(parts.tm_hour, 2), padded(parts.tm_min, 2), padded(parts.tm_sec, 2)]
    return "\(date.joined(separator: "-")) \(clock.joined(separator: ":")) UTC"
  }
}
