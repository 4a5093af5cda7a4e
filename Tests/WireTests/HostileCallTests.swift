import ServerSupport
import RankingProto
import Testing

@testable import Wire

@Suite("Hostile calls")
struct HostileCallTests {
  let decoding = Decoding()

  @Test("100,000 random payloads: each is refused or keeps every promise")
  func F16_randomGarbageKeepsThePromises() {
    var dice = Dice(22)
    var accepted = 0
    for round in 0..<100_000 {
      var payload = dice.bytes(Int.random(in: 0..<80, using: &dice))
      // Half begin as a Rank call does, to get deeper.
      if round % 2 == 0 { payload = [0x08, 0x01, 0x82, 0x01, UInt8(min(payload.count, 127))] + payload }
      if let broken = decoding.brokenPromise(of: payload) { Issue.record("\(broken): \(payload)") }
      if case .success = decoding.decode(payload) { accepted += 1 }
    }
    // The property would be empty if nothing ever passed.
    #expect(accepted > 50)
  }

  @Test("compressed payloads are garbage", arguments: compressed)
  func F18_compressedPayloadsAreGarbage(name: String, payload: [UInt8]) throws {
    let error = try decoding.error(payload)
    #expect(error.status.code == .invalidArgument && !error.status.executed)
  }

  @Test("every truncation of every method's call is refused or keeps every promise; the id survives")
  func F22_everyTruncation() {
    for message in Valid.all {
      for length in 0..<message.count {
        let payload = Array(message[..<length])
        if let broken = decoding.brokenPromise(of: payload) { Issue.record("\(broken) at \(length)") }
        // The id is the first field, 8 bytes with its tag.
        guard case .failure(let error) = decoding.decode(payload) else { continue }
        #expect(error.callID == (length >= 8 ? Valid.id : 0), "cut at \(length)")
      }
    }
  }

  @Test("every value of every byte of every method's call is refused or keeps every promise")
  func F22_everyByteMutation() {
    for message in Valid.all {
      var accepted = 0
      for position in message.indices {
        var payload = message
        for change in 1...255 {
          payload[position] = message[position] ^ UInt8(change)
          if let broken = decoding.brokenPromise(of: payload) {
            Issue.record("\(broken): byte \(position) is \(payload[position])")
          }
          if case .success = decoding.decode(payload) { accepted += 1 }
        }
      }
      #expect(accepted > 0)
    }
  }

  @Test("empty sub-messages and unknown fields end at the arena's cap", arguments: amplifiers)
  func F23_amplificationEndsAtTheCap(name: String, payload: [UInt8]) throws {
    let error = try decoding.error(payload)
    #expect(error.callID == Valid.id)
    #expect(error.status.code == .resourceExhausted && error.status.reason == .decodeBudget, "\(error)")
    #expect(decoding.arena.bytesInUse <= 2 << 20)
    // The worker's next call is as good as ever.
    _ = try decoding.call(Valid.rank)
  }

  @Test("a repeated sub-message costs its own bytes once, or ends at the cap", arguments: [64, 256, 1_024])
  func F24_repeatedSubMessagesCostBoundedBytes(kibibytes: Int) throws {
    for part in [4, 64, 1_000] {
      let column = (0..<part).map { UInt64($0) }
      let once = MessageWriter.make { $0.message(Field.rank) { $0.column(2, column) } }
      let count = kibibytes * 1_024 / once.count
      let payload = Valid.call { call in for _ in 0..<count { call.bytes += once } }
      let answer = decoding.decode(payload)
      #expect(decoding.arena.bytesInUse <= 2 << 20)
      switch answer {
      case .success(let call):
        // Linear: RankRequest, its column and the list of fields, each once for each repetition.
        #expect(decoding.arena.bytesInUse <= count * (256 + 2 * 40 + 8 * part + 16) + 4_096)
        guard case .rank(let query) = call.method else { throw WireError(callID: 0, status: .ok) }
        #expect(Array(query.tweetIDs) == column)
      case .failure(let error):
        #expect(error.status.reason == .decodeBudget && error.callID == Valid.id, "\(error)")
      }
    }
  }

  @Test("unknown fields nested ten thousand deep are skipped flat")
  func F25_deeplyNestedUnknownFieldsAreSkipped() throws {
    var nested: [UInt8] = []
    for _ in 0..<10_000 {
      var writer = MessageWriter()
      // The outer layers are the longer ones; copying keeps this linear in their number.
      writer.tag(100, wire: 2)
      writer.raw(varint: UInt64(nested.count))
      nested = writer.bytes + nested
    }
    #expect(try decoding.call(Valid.describe + nested).id == Valid.id)
    let inside = Valid.call { $0.message(Field.rank) { $0.bytes += nested } }
    #expect(try decoding.call(inside).id == Valid.id)
    let groups = Valid.describe + [UInt8](repeating: 0xA3, count: 10_000)
    #expect(try decoding.error(groups).status.reason == .malformed)
  }

  @Test("the call's id is read from a message that breaks after it, and no deeper")
  func theIDSurvivesWhatComesAfter() throws {
    let broken: [[UInt8]] = [[0xFF], [0x82, 0x01, 0x7F], [0x0B], [0x09, 0x01], [0x82, 0x01, 0x03, 0x12, 0x07, 0x01]]
    for tail in broken {
      #expect(try decoding.error(Valid.call { $0.bytes += tail }).callID == Valid.id)
    }
    // Inside the method, field 1 is a user.
    #expect(try decoding.error([0x82, 0x01, 0x02, 0x08, 0x07]).callID == 0)
    #expect(CallScan([0x08, 0x05, 0x08, 0x06]).callID == 6)
    #expect(CallScan([0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x01]).callID == .max)
    #expect(CallScan([0x08] + [UInt8](repeating: 0xFF, count: 10) + [0x01]).callID == 0)
  }
}

extension CallScan {
  fileprivate init(_ bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { CallScan($0) }
  }
}

/// A megabyte that would unpack into many.
private let amplifiers: [(String, [UInt8])] = {
  func filled(_ unit: [UInt8]) -> [UInt8] {
    let count = ((1 << 20) - 64) / unit.count
    return (0..<count).flatMap { _ in unit }
  }
  return [
    ("empty new tweets", Valid.call { $0.payload(Field.rank, filled([0x2A, 0x00])) }),
    ("unknown varints in a request", Valid.call { $0.payload(Field.rank, filled([0x78, 0x00])) }),
    ("unknown varints in a new tweet", Valid.call { $0.message(Field.rank) { $0.payload(5, filled([0x78, 0x00])) } }),
    ("unknown varints in a call", Valid.call { $0.bytes += filled([0x78, 0x00]) }),
    ("empty unknown payloads", Valid.call { $0.bytes += filled([0x7A, 0x00]) }),
    ("empty methods", Valid.call { $0.bytes += filled([0x82, 0x01, 0x00]) }),
    ("empty columns", Valid.call { $0.payload(Field.rank, filled([0x12, 0x00])) }),
    ("types of one byte", Valid.call { $0.message(Field.record) { $0.payload(3, filled([0x01])) } }),
  ]
}()

/// The first bytes that compressors make of a small call.
private let compressed: [(String, [UInt8])] = [
  (
    "gzip",
    [
      0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xE3, 0x60, 0x6D, 0x62, 0xE4, 0xE4, 0xF4, 0x65,
    ]
  ),
  (
    "zlib",
    [
      0x78, 0x9C, 0xE3, 0x60, 0x6D, 0x62, 0xE4, 0xE4, 0xF4, 0x65, 0x80, 0x00, 0x0E, 0x3C, 0x3C, 0x00, 0x45, 0x15,
    ]
  ),
  (
    "deflate",
    [
      0xE3, 0x60, 0x6D, 0x62, 0xE4, 0xE4, 0xF4, 0x65, 0x80, 0x00, 0x0E, 0x3C, 0x3C, 0x00,
    ]
  ),
  (
    "bzip2",
    [
      0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x6E, 0x08, 0x38, 0x7C, 0x00, 0x00, 0x0B, 0xC4,
    ]
  ),
  (
    "xz",
    [
      0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 0x00, 0x04, 0xE6, 0xD6, 0xB4, 0x46, 0x02, 0x00, 0x21, 0x01, 0x16, 0x00,
    ]
  ),
  ("zstd", [0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x58, 0x71, 0x00, 0x00, 0x08, 0x05, 0x82, 0x01, 0x09, 0x09, 0x4D, 0x00]),
  ("lz4", [0x04, 0x22, 0x4D, 0x18, 0x64, 0x40, 0xA7, 0x0E, 0x00, 0x00, 0x80, 0x08, 0x05, 0x82, 0x01, 0x09, 0x09]),
  ("snappy", [0xFF, 0x06, 0x00, 0x00, 0x73, 0x4E, 0x61, 0x50, 0x70, 0x59, 0x00, 0x0E, 0x00, 0x00]),
]
