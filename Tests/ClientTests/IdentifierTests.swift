import ApusClient
import Testing

@Suite struct IdentifierTests {
  private func id(_ key: String) -> UInt64 { id(Array(key.utf8)) }

  private func id(_ key: [UInt8]) -> UInt64 {
    key.withUnsafeBytes { apus_id($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) }
  }

  @Test("a canonical decimal is its own value")
  func decimals() {
    for value: UInt64 in [0, 1, 9, 10, 17, 1_234_567_890_123_456_789, .max - 1, .max] {
      #expect(id(String(value)) == value)
    }
  }

  // The values are those of libxxhash 0.8.1, XXH64 with seed 0.
  @Test(
    "any other key is its XXH64",
    arguments: [
      ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("alice", 0x73A3_EA48_5F2E_6049),
      ("user_123", 0xD689_2422_0AA2_F597), ("007", 0xB19E_5C56_F2BC_F864), ("01", 0x6ED1_0A79_B52E_F0F5),
      ("18446744073709551616", 0x06C5_4E6E_2DE7_459B), ("12345678901234567890123", 0xADB7_BF2A_5273_95C7),
      ("-1", 0x3D62_C7C8_A7A6_E2D8), ("+1", 0x09DE_A0BB_E733_F2DA), (" 1", 0x1C66_5C66_BEA9_D689),
      ("1 ", 0x0B09_7AB7_3A17_4826), ("0x10", 0x2CE0_AB95_80C6_619F), ("1e3", 0x33E2_7CCF_850B_8847),
      ("日本語のキー", 0x095E_47A5_DEED_5375),
    ] as [(String, UInt64)])
  func hashes(key: String, expected: UInt64) {
    #expect(id(key) == expected)
  }

  @Test("keys of every length from 0 to 256 hash as in libxxhash")
  func lengths() {
    var fold: UInt64 = 0
    for length in 0...256 {
      let key = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length * 101 + 11) }
      fold = (fold &* 0x100_0000_01B3) ^ id(key)
    }
    #expect(fold == 0xB8D5_2F0D_7F14_2390)
  }

  @Test("no key at all hashes as the empty one")
  func noKey() {
    #expect(apus_id(nil, 0) == 0xEF46_DB37_51D8_E999)
    #expect(apus_id(nil, 9) == 0xEF46_DB37_51D8_E999)
  }

  @Test("every status and reason has a name, known or not")
  func names() {
    #expect(String(cString: apus_strstatus(APUS_DEADLINE_EXCEEDED)) == "DEADLINE_EXCEEDED")
    #expect(String(cString: apus_strstatus(APUS_UNAUTHENTICATED)) == "UNAUTHENTICATED")
    #expect(String(cString: apus_strstatus(APUS_ERR_USAGE)) == "client: usage")
    #expect(String(cString: apus_strreason(APUS_REASON_FEEDBACK_LOG)) == "FEEDBACK_LOG")
    #expect(String(cString: apus_strreason(APUS_REASON_MEMORY)) == "MEMORY")
    #expect(String(cString: apus_strreason(APUS_REASON_TOO_MANY_CANCELS)) == "TOO_MANY_CANCELS")
    #expect(String(cString: apus_strstatus(apus_status(rawValue: 17))) == "unknown status")
    for value: UInt32 in [99, 106, .max] {
      #expect(String(cString: apus_strstatus(apus_status(rawValue: value))) == "unknown status")
      #expect(String(cString: apus_strreason(apus_reason(rawValue: value))) == "unknown reason")
    }
  }
}
