import CXXHash

/// The 64-bit ids of users and tweets.
///
/// A key that is a canonical decimal number below 2^64 (a snowflake) is its own value. Any other key ("alice",
/// "007", "") is the XXH64 of its UTF-8 bytes with seed 0, so that every client can compute it by itself.
public enum EntityID {
  /// The id of a key.
  public static func of(_ key: String) -> UInt64 {
    var key = key
    return key.withUTF8 { of(utf8: UnsafeRawBufferPointer($0)) }
  }

  /// The id of a key given as bytes, which need not be valid UTF-8.
  /// - Complexity: O(utf8.count).
  public static func of(utf8: UnsafeRawBufferPointer) -> UInt64 {
    canonicalDecimal(utf8) ?? XXH64(utf8.baseAddress, utf8.count, 0)
  }

  /// The value of a canonical decimal: digits only, no leading zero except in "0" itself, below 2^64; nil for others.
  public static func canonicalDecimal(_ utf8: UnsafeRawBufferPointer) -> UInt64? {
    guard let first = utf8.first, utf8.count <= 20 else { return nil }
    if first == UInt8(ascii: "0") && utf8.count > 1 { return nil }
    var value: UInt64 = 0
    for byte in utf8 {
      let digit = byte &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      let (tens, tensOverflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflow) = tens.addingReportingOverflow(UInt64(digit))
      guard !tensOverflow, !sumOverflow else { return nil }
      value = sum
    }
    return value
  }
}
