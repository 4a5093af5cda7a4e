import Glibc
import Ranking
import ServerSupport
import Testing

@testable import Feedback

/// What leaves a log for other replicas, and what comes from anywhere.
@Suite struct LogSliceTests {
  @Test("the checksum is CRC-32C: its check value, and that of nothing")
  func checkValue() {
    let crc = Array("123456789".utf8).withUnsafeBytes { ~LogRecord.crc32c($0, from: ~0) }
    #expect(crc == 0xE306_9283)
    // In parts as in one piece; 32 zeros are RFC 3720's own example.
    let zeros = [UInt8](repeating: 0, count: 32)
    let parts = zeros.withUnsafeBytes { all in
      LogRecord.crc32c(.init(rebasing: all[7...]), from: LogRecord.crc32c(.init(rebasing: all[..<7]), from: ~0))
    }
    #expect(~parts == 0x8A91_36AA)
  }

  @Test("a slice goes on where the one before ended, whatever fits; each is what was appended")
  func continuesFromItsCursor() throws {
    let folder = TemporaryFolder()
    let log = try folder.log(segmentBytes: 9_000)
    let all = entries(600)
    for start in stride(from: 0, to: all.count, by: 60) { _ = try log.append(Array(all[start..<start + 60])) }
    for maxBytes in [0, 64, 1_000, 5_000, 1 << 20] {
      var cursor: UInt64 = 0
      while true {
        let slice = try log.read(after: cursor, maxBytes: maxBytes)
        if slice.count == 0 { break }
        #expect(slice.firstSequence == cursor + 1 && slice.lastSequence == cursor + UInt64(slice.count))
        #expect(slice.bytes.count <= maxBytes || slice.count == 1)
        let decoded = try #require(LogSlice.decode(slice.bytes))
        #expect(decoded.map(\.sequence) == Array(slice.firstSequence...slice.lastSequence))
        #expect(decoded.map(\.entry) == Array(all[Int(cursor)..<Int(slice.lastSequence)]))
        cursor = slice.lastSequence
      }
      #expect(cursor == 600)
    }
    // Also from where no slice ended, and from beyond the end.
    for after in [599, 300, 17, 1] as [UInt64] {
      let slice = try log.read(after: after, maxBytes: 1)
      #expect(slice.count == 1 && slice.firstSequence == after + 1)
      #expect(LogSlice.decode(slice.bytes)?.first?.entry == all[Int(after)])
    }
    #expect(try log.read(after: 600, maxBytes: 1_000).count == 0)
    #expect(try log.read(after: .max, maxBytes: 1_000).count == 0)
  }

  @Test("beside appends, and removals of what was read, a reader gets every entry once, in order")
  func readBesideAppends() throws {
    let folder = TemporaryFolder()
    nonisolated(unsafe) let log = try folder.log(segmentBytes: 10_000)
    let all = entries(6_000, seed: 3)
    _ = try log.append([all[0]])
    let cursor = Monitor<UInt64>(0)
    let outcome = Monitor<String?>(nil)
    let writer = Background {
      var start = 1
      do throws(FeedbackError) {
        while start < all.count {
          let end = min(start + 1 + start % 23, all.count)
          _ = try log.append(Array(all[start..<end]))
          start = end
          if start % 5 == 0 { _ = try log.removeSegments(through: cursor.change { $0 }, keeping: .none) }
        }
        outcome.change { $0 = "" }
      } catch { outcome.change { $0 = "\(error)" } }
    }
    var read: [LogEntry] = []
    while read.count < all.count {
      // Asked before the reading: what was appended then must be found.
      let end = outcome.change { $0 }
      let slice = try log.read(after: UInt64(read.count), maxBytes: 1 + read.count % 7_000)
      if slice.count == 0 {
        #expect(end == nil, "nothing behind \(read.count)")
        if end != nil { break }
        continue
      }
      #expect(slice.firstSequence == UInt64(read.count) + 1)
      read += try #require(LogSlice.decode(slice.bytes)).map(\.entry)
      cursor.change { $0 = UInt64(read.count) }
    }
    try writer.join()
    #expect(outcome.change { $0 } == "")
    #expect(read == all)
  }

  /// A slice of all kinds of entries.
  private func slice(_ count: Int, seed: UInt64) -> (bytes: [UInt8], ends: [Int]) {
    var slice = LogSlice()
    var ends: [Int] = []
    for (index, entry) in entries(count, seed: seed).enumerated() {
      let record = LogRecord(
        entry: entry, sequence: UInt64(index + 1), appendStart: 1, attempt: 0, place: .init(segment: 0, offset: 0),
        byteCount: 0)
      let fits = slice.add(record, maxBytes: .max)
      #expect(fits)
      ends.append(slice.bytes.count)
    }
    return (slice.bytes, ends)
  }

  @Test("bytes that were changed on the way, or cut off, are refused")
  func flippedAndCutSlices() {
    let (bytes, ends) = slice(40, seed: 5)
    #expect(LogSlice.decode(bytes)?.count == 40)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1 << UInt8(place % 8)
      #expect(LogSlice.decode(changed) == nil, "byte \(place)")
    }
    for length in bytes.indices {
      let decoded = LogSlice.decode(Array(bytes[..<length]))
      #expect(decoded?.count == (length == 0 ? 0 : ends.firstIndex(of: length).map { $0 + 1 }), "\(length) bytes")
    }
    // Whole records in another order, or one of them twice.
    #expect(LogSlice.decode(Array(bytes[ends[0]..<ends[1]] + bytes[..<ends[0]])) == nil)
    #expect(LogSlice.decode(Array(bytes[..<ends[0]] + bytes[..<ends[0]])) == nil)
  }

  @Test("sound records whose sequences do not ascend are damage, and nothing behind them counts", arguments: [4, 5])
  func sequencesThatDoNotAscend(second: UInt64) {
    var writer = ByteWriter()
    for (entry, sequence) in zip(entries(3, seed: 8), [5, second, 9]) {
      let start = writer.bytes.count
      LogRecord.encode(entry, into: &writer)
      writer.bytes.withUnsafeMutableBytes {
        LogRecord.seal(
          UnsafeMutableRawBufferPointer(rebasing: $0[start...]), place: .init(segment: 0, offset: start),
          sequence: sequence, index: 0, attempt: 0)
      }
    }
    let content = LogSlice.content(of: writer.bytes)
    #expect(content.isDamaged && content.entries.map(\.sequence) == [5])
  }

  @Test("arbitrary bytes decode to nothing; with a checksum that fits, to nothing or to what encodes to the same")
  func arbitraryBytes() {
    var random = SeededGenerator(seed: 9)
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...300, using: &random)
      var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      // A length that makes sense, so that more than the first field is looked at.
      if count >= 4, Bool.random(using: &random) {
        withUnsafeBytes(of: UInt32(count / 8 * 8).littleEndian) { bytes.replaceSubrange(0..<4, with: $0) }
      }
      #expect(LogSlice.decode(bytes) == nil || bytes.isEmpty)
    }
    var accepted: [LogEntry.Kind: Int] = [:]
    for _ in 0..<40_000 {
      let record = sealedNoise(&random)
      record.withUnsafeBytes { raw in
        guard let decoded = LogRecord.decode(raw, place: .init(segment: 7, offset: 64)) else { return }
        accepted[decoded.entry.kind, default: 0] += 1
        var writer = ByteWriter()
        LogRecord.encode(decoded.entry, into: &writer)
        // Weights of types that this version does not know are not kept, and the others are all written.
        if case .rewards = decoded.entry {
          let body = writer.bytes[24...]
          #expect(Array(body).withUnsafeBytes { LogEntry.decode($0, kind: 3, flags: 0) } == decoded.entry)
        } else {
          #expect(Array(raw[24...]) == Array(writer.bytes[24...]))
        }
      }
    }
    // Of each kind, or the property would be empty for it.
    #expect(accepted.count == 3 && accepted.values.allSatisfy { $0 >= 20 }, "\(accepted)")
  }

  /// A record with a right checksum about a body of small random numbers; every other one is as long as its counts say.
  private func sealedNoise(_ random: inout SeededGenerator) -> [UInt8] {
    let small = Int.random(in: 0...3, using: &random)
    let kind = UInt8.random(in: 0...4, using: &random)
    // Bodies begin at byte 24; a ranking's counts stand at 24 of the body, those of weights at 8.
    let counts = (0..<4).map { _ in UInt8.random(in: 0...3, using: &random) }
    let fits = Bool.random(using: &random)
    let body =
      switch kind {
      case 1 where fits: 36
      case 2 where fits: 40 + 16 * Int(counts[0]) + 8 * Int(counts[1]) + 2 * Int(counts[2]) + Int(counts[3])
      case 3 where fits: 12 + 8 * Int(counts[0])
      default: Int.random(in: 0...240, using: &random)
      }
    let length = (24 + body + 7) / 8 * 8
    var bytes = (0..<length).map { index in
      let isNoisy = index < 24 + body && (index % 4 == 0 || small == 0)
      return isNoisy ? UInt8.random(in: 0...(small == 0 ? 127 : 5), using: &random) : 0
    }
    if fits, kind == 2 {
      bytes.replaceSubrange(48..<64, with: repeatElement(0, count: 16))
      for (place, count) in zip([48, 52, 56, 60], counts) { bytes[place] = count }
    }
    if fits, kind == 3 {
      bytes.replaceSubrange(32..<36, with: repeatElement(0, count: 4))
      bytes[32] = counts[0]
    }
    bytes[20] = kind
    bytes[21] = UInt8.random(in: 0...1, using: &random)
    bytes.withUnsafeMutableBytes {
      LogRecord.seal($0, place: .init(segment: 7, offset: 64), sequence: 90, index: 0, attempt: 3)
    }
    return bytes
  }
}
