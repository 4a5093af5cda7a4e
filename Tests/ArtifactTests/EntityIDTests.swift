import Kernels
import Testing

@testable import Artifact

@Suite("Ids of keys")
struct EntityIDTests {
  private static func decimal(_ text: String) -> UInt64? {
    Array(text.utf8).withUnsafeBytes { EntityID.canonicalDecimal($0) }
  }

  @Test("a canonical decimal is its own value", arguments: [0, 1, 9, 10, 1234, 1 << 63, UInt64.max - 1, UInt64.max])
  func decimals(value: UInt64) {
    #expect(EntityID.of(String(value)) == value)
    #expect(Self.decimal(String(value)) == value)
  }

  @Test("random decimals are their own value")
  func randomDecimals() {
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<2000 {
      let value = generator.next() >> UInt64(generator.below(64))
      #expect(EntityID.of(String(value)) == value)
    }
  }

  @Test(
    "anything else is hashed",
    arguments: [
      "", "00", "01", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "18446744073709551616", "99999999999999999999",
      "100000000000000000000", "١٢", "12\u{0}", "user_123",
    ])
  func others(key: String) {
    #expect(Self.decimal(key) == nil)
  }

  @Test("hashes are those of the reference XXH64 with seed 0")
  func reference() {
    #expect(EntityID.of("") == 0xEF46_DB37_51D8_E999)
    #expect(EntityID.of("a") == 0xD24E_C4F1_A98C_6E5B)
    #expect(EntityID.of("abc") == 0x44BC_2CF5_AD77_0999)
    #expect(EntityID.of(utf8: UnsafeRawBufferPointer(start: nil, count: 0)) == 0xEF46_DB37_51D8_E999)
  }

  @Test("texts that Unicode calls equal but that differ in bytes have different ids")
  func bytesCount() {
    #expect(EntityID.of("é") != EntityID.of("e\u{301}"))
  }
}
