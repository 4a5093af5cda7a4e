import CXXHash

/// XXH3-64 (seed 0) over a whole file: header length, header with its checksum digits as zeros, data.
///
/// Every byte of the file is covered, so any single change is found. It guards against damage, not against forgery.
struct ContentChecksum: ~Copyable {
  /// What stands in the header in place of the digits while the checksum is computed.
  static let blank = String(repeating: "0", count: FileHeader.checksumDigits)

  private let state: OpaquePointer?

  init() {
    state = XXH3_createState()
    XXH3_64bits_reset(state)
  }

  /// Adds the header length and the header, whose digits must be blank.
  mutating func update(header: [UInt8]) {
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { update($0) }
    header.withUnsafeBytes { update($0) }
  }

  /// Adds bytes.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    XXH3_64bits_update(state, bytes.baseAddress, bytes.count)
  }

  /// The checksum of all bytes so far, as 16 lower-case hexadecimal digits.
  var hex: String {
    let value = XXH3_64bits_digest(state)
    let digits = (0..<FileHeader.checksumDigits).map { place in
      Self.hexDigit(UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * place)) & 15)
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The digit of a number below 16.
  static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  deinit {
    XXH3_freeState(state)
  }
}
