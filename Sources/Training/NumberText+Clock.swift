extension NumberText {
  /// Unix seconds out of a date and a time of twelve hours in UTC: `11/15/2019 8:55:22 AM`, month first; nil for
  /// anything else.
  static func clockSeconds(_ field: UnsafeRawBufferPointer) -> Int64? {
    let words = field.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 3 else { return nil }
    let date = words[0].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let time = words[1].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard date.count == 3, time.count == 3 else { return nil }
    guard let month = digits(date[0], 1...2), let day = digits(date[1], 1...2), let year = digits(date[2], 4...4),
      let hour = digits(time[0], 1...2), let minute = digits(time[1], 2...2), let second = digits(time[2], 2...2),
      (1...12).contains(hour)
    else { return nil }
    let half: Int64
    switch String(decoding: words[2], as: UTF8.self) {
    case "AM": half = 0
    case "PM": half = 12
    default: return nil
    }
    return unixSeconds(year, month, day, hour: hour % 12 + half, minute: minute, second: second)
  }

  /// A number of as many decimal digits as `count` allows, and of nothing else.
  private static func digits(_ field: Slice<UnsafeRawBufferPointer>, _ count: ClosedRange<Int>) -> Int64? {
    guard count.contains(field.count) else { return nil }
    var value: Int64 = 0
    for byte in field {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    return value
  }
}
