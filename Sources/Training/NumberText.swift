/// Numbers and times out of bytes, and bytes into messages.
enum NumberText {
  /// Powers of ten that a Double holds exactly.
  private static let powersOfTen: [Double] = (0...15).map { power in
    (0..<power).reduce(1) { value, _ in value * 10 }
  }

  /// A finite decimal number such as `0.6`, `-3`, `1e-4`; nil for anything else (also `nan`, `inf`, hexadecimal).
  static func double(_ field: UnsafeRawBufferPointer) -> Double? {
    if let value = shortDecimal(field) { return value }
    for byte in field {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        continue
      default: return nil
      }
    }
    guard let value = Double(String(decoding: field, as: UTF8.self)), value.isFinite else { return nil }
    return value
  }

  /// Plain decimals of at most 15 digits: an exact integer over an exact power of ten is correctly rounded.
  private static func shortDecimal(_ field: UnsafeRawBufferPointer) -> Double? {
    if field.isEmpty || field.count > 16 { return nil }
    var mantissa = 0
    var digits = 0
    var decimals = -1
    for byte in field {
      if byte == UInt8(ascii: "."), decimals < 0 {
        decimals = 0
      } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), digits < 15 {
        mantissa = mantissa * 10 + Int(byte - UInt8(ascii: "0"))
        digits += 1
        if decimals >= 0 { decimals += 1 }
      } else {
        return nil
      }
    }
    return digits == 0 ? nil : Double(mantissa) / powersOfTen[max(decimals, 0)]
  }

  /// Unix seconds out of a number of seconds (a fraction is cut off) or an ISO 8601 time in UTC.
  static func unixSeconds(_ field: UnsafeRawBufferPointer) -> Int64? {
    if let value = double(field) { return Int64(exactly: value.rounded(.down)) }
    return isoSeconds(field)
  }

  /// `YYYY-MM-DDTHH:MM:SS`, with a blank instead of the T and with or without a Z at the end.
  private static func isoSeconds(_ field: UnsafeRawBufferPointer) -> Int64? {
    let pattern = Array("0000-00-00T00:00:00Z".utf8)
    if field.count != 19 && field.count != 20 { return nil }
    var parts: [Int64] = [0]
    for (byte, expected) in zip(field, pattern) {
      if expected == UInt8(ascii: "0") {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        parts[parts.count - 1] = parts[parts.count - 1] * 10 + Int64(byte - UInt8(ascii: "0"))
      } else {
        guard byte == expected || (expected == UInt8(ascii: "T") && byte == UInt8(ascii: " ")) else { return nil }
        parts.append(0)
      }
    }
    let (year, month, day) = (parts[0], parts[1], parts[2])
    let (hour, minute, second) = (parts[3], parts[4], parts[5])
    return unixSeconds(year, month, day, hour: hour, minute: minute, second: second)
  }

  /// Unix seconds of a date in the Gregorian calendar and a time of 24 hours in UTC; nil for what is on no calendar or
  /// clock.
  static func unixSeconds(
    _ year: Int64, _ month: Int64, _ day: Int64, hour: Int64, minute: Int64, second: Int64
  ) -> Int64? {
    guard (1...12).contains(month), day >= 1, day <= daysInMonth(year, month) else { return nil }
    guard hour < 24, minute < 60, second <= 60 else { return nil }
    return days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
  }

  private static func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Days since 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day comes last.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month > 2 ? year : year - 1
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The bytes as a message shows them: at most 60, control characters and broken UTF-8 as `\xNN`.
  static func shown(_ field: UnsafeRawBufferPointer) -> String {
    var end = min(60, field.count)
    while end > 0, end < field.count, field[end] & 0xC0 == 0x80 { end -= 1 }
    let head = UnsafeRawBufferPointer(rebasing: field[..<end])
    let isText = UTF8Check.isValid(head)
    var text = ""
    if isText {
      for scalar in String(decoding: head, as: UTF8.self).unicodeScalars {
        if scalar.value < 0x20 || scalar.value == 0x7F {
          text += hex(UInt8(scalar.value))
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    } else {
      for byte in head {
        if byte < 0x20 || byte >= 0x7F { text += hex(byte) } else { text.unicodeScalars.append(Unicode.Scalar(byte)) }
      }
    }
    return head.count < field.count ? text + "…" : text
  }

  private static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "\\x" + (digits.utf8.count == 1 ? "0" : "") + digits
  }
}
