/// Seconds since 1970.
package enum UnixTime {
  /// The years 1 to 9999: what calendars and other programs can write down.
  package static let years: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
}
