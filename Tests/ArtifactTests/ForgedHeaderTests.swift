import Testing

@testable import Artifact

/// Headers with a right checksum but wrong contents, as a faulty or hostile writer would make them.
@Suite("Headers that contradict themselves are refused")
struct ForgedHeaderTests {
  private static func entry(_ name: String, _ type: String, _ shape: String, _ begin: String, _ end: String) -> String {
    ",\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(begin),\(end)]}"
  }

  private static func read(_ json: String, dataBytes: Int) throws -> Result<TensorSet, ArtifactError> {
    let file = Fixture.file(json, data: [UInt8](repeating: 0, count: dataBytes))
    return try Fixture.withFolder { try Fixture.read(file, in: $0) }
  }

  @Test("a well-formed header passes, with fields in another order, spaces and escapes")
  func wellFormed() throws {
    let two = "}" + Self.entry("a", "U32", "2", "0", "8") + Self.entry("b", "U8", "1,3", "8", "11") + "}"
    #expect(try Self.read(two, dataBytes: 11).get().names == ["a", "b"])
    let loose =
      ", \"k\" : \"\\u0041\\ud834\\udd1e\\n\\/\" }\n,\t\"a\" : { \"data_offsets\" : [ 0 , 4 ], "
      + "\"shape\":[ ] , \"dtype\":\"F32\" } }"
    let set = try Self.read(loose, dataBytes: 4).get()
    #expect(set.metadata == ["k": "A𝄞\n/"] && set.tensor("a")?.shape == [])
  }

  @Test(
    "offsets, shapes, types and names",
    arguments: [
      ("gap", entry("a", "U8", "4", "0", "4") + entry("b", "U8", "4", "8", "12"), 12),
      ("gap before the first", entry("a", "U8", "4", "4", "8"), 8),
      ("overlap", entry("a", "U8", "8", "0", "8") + entry("b", "U8", "8", "4", "12"), 12),
      ("the same bytes twice", entry("a", "U8", "4", "0", "4") + entry("b", "U8", "4", "0", "4"), 4),
      ("duplicate name", entry("a", "U8", "4", "0", "4") + entry("a", "U8", "4", "4", "8"), 8),
      ("duplicate empty tensor", entry("a", "U8", "0", "0", "0") + entry("a", "U8", "0", "0", "0"), 0),
      ("out of file order", entry("b", "U8", "4", "4", "8") + entry("a", "U8", "4", "0", "4"), 8),
      ("end before begin", entry("a", "U8", "4", "4", "0"), 4),
      ("shape larger than bytes", entry("a", "F32", "3", "0", "8"), 8),
      ("shape smaller than bytes", entry("a", "F32", "1", "0", "8"), 8),
      ("product of 2^64", entry("a", "U8", "4294967296,4294967296", "0", "0"), 0),
      ("product overflows before a zero", entry("a", "U8", "4611686018427387904,4,0", "0", "0"), 0),
      ("bytes overflow", entry("a", "F64", "2305843009213693952", "0", "0"), 0),
      ("count of 2^63", entry("a", "U8", "9223372036854775808", "0", "4"), 4),
      ("count of 2^64", entry("a", "U8", "18446744073709551616", "0", "4"), 4),
      ("end of 2^63 - 1", entry("a", "U8", "9223372036854775807", "0", "9223372036854775807"), 4),
      ("end beyond the file", entry("a", "U8", "4096", "0", "4096"), 8),
      ("data behind the last tensor", entry("a", "U8", "4", "0", "4"), 8),
      ("unaligned", entry("a", "U8", "4", "0", "4") + entry("b", "U64", "1", "4", "12"), 12),
      ("unknown type", entry("a", "BF16", "2", "0", "4"), 4),
      ("negative extent", entry("a", "U8", "-4", "0", "4"), 4),
      ("fraction", entry("a", "U8", "4.0", "0", "4"), 4),
      ("exponent", entry("a", "U8", "4e0", "0", "4"), 4),
      ("leading zero", entry("a", "U8", "04", "0", "4"), 4),
      ("three offsets", entry("a", "U8", "4", "0", "4,4"), 4),
      ("one offset", ",\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4]}", 4),
      ("nine dimensions", entry("a", "U8", "1,1,1,1,1,1,1,1,4", "0", "4"), 4),
      ("no type", ",\"a\":{\"shape\":[4],\"data_offsets\":[0,4]}", 4),
      ("type twice", ",\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}", 4),
      ("unknown field", ",\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],\"x\":[]}", 4),
      ("empty name", entry("", "U8", "4", "0", "4"), 4),
      ("a second metadata object", ",\"__metadata__\":{\"a\":\"b\"}", 0),
      ("a number as a tensor", ",\"a\":4", 0),
      ("nested arrays", ",\"a\":" + String(repeating: "[", count: 100_000), 0),
    ] as [(String, String, Int)])
  func contradictions(what: String, entries: String, dataBytes: Int) throws {
    switch try Self.read("}\(entries)}", dataBytes: dataBytes) {
    case .success: Issue.record("accepted: \(what)")
    case .failure(let error):
      if case .checksum = error { Issue.record("the checksum of this test's file is wrong: \(what)") }
      #expect(error.description.count > 10)
    }
  }

  @Test(
    "broken JSON",
    arguments: [
      "", "}", "},", "},}", "}}}", "}}x", ",}", ",\"k\"}}", ",\"k\":1}}", ",\"k\":\"v}}", ",\"k\":\"\\x\"}}",
      ",\"k\":\"\\u12\"}}", ",\"k\":\"\\ud834\"}}", ",\"k\":\"\\udd1e\"}}", ",\"k\":\"\\ud834\\u0041\"}}",
      ",\"k\":\"a\nb\"}}", ",\"k\":\"\\", ",\"k\":\"\\u", ",\"k\":\"v\",\"k\":\"w\"}}", ",\"data_xxh3\":\"v\"}}",
      ",\"k\":\"v\",}}", ",\"k\" \"v\"}}", "} ,, }", "}}\u{0}",
    ])
  func brokenJSON(rest: String) throws {
    switch try Self.read(rest, dataBytes: 0) {
    case .success: Issue.record("accepted: \(rest)")
    case .failure(.malformedHeader): break
    case .failure(let error): Issue.record("\(rest): \(error)")
    }
  }

  @Test("strings that are not UTF-8")
  func invalidUTF8() throws {
    var bytes = Fixture.file(",\"k\":\"v\"}}", data: [])
    let place = try #require(bytes.lastIndex(of: UInt8(ascii: "v")))
    bytes[place] = 0xFF
    try Fixture.withFolder { folder in
      let place = place - 8 + 2
      #expect(throws: ArtifactError.malformedHeader(byte: place, reason: "a string is not valid UTF-8")) {
        try Fixture.read(bytes, in: folder).get()
      }
    }
  }
}
