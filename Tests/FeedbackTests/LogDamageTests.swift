import Glibc
import Ranking
import Testing

@testable import Feedback

@Suite struct LogDamageTests {
  /// A log of three appends (2, 1 and 3 events) and its bytes.
  private static func sample(_ folder: TemporaryFolder) throws -> (events: [FeedbackEvent], bytes: [UInt8]) {
    let all = events(6)
    let log = try LocalLog(folder: folder.path)
    for range in [0..<2, 2..<3, 3..<6] { _ = try log.append(Array(all[range])) }
    log.close()
    return (all, contents(of: folder.log))
  }

  @Test("a log cut at any byte keeps its whole records, says what it dropped, and goes on")
  func F63_truncationAtEveryByte() throws {
    let folder = TemporaryFolder()
    let (all, bytes) = try Self.sample(folder)
    for length in 0..<bytes.count {
      put(bytes[..<length], into: folder.log)
      let whole = max(0, length - 64) / 64
      let log = try LocalLog(folder: folder.path)
      let (got, summary) = try replay(log)
      #expect(got == Array(all[..<whole]))
      #expect(summary.bytesDropped == (length < 64 ? 0 : length - 64 - whole * 64))
      // What follows is appended in the right place, and the next replay finds nothing to drop.
      #expect(try log.append(Array(all[whole...])) == 6)
      let again = try replay(log)
      #expect(again.events == all && again.summary.bytesDropped == 0)
      log.close()
    }
  }

  @Test("garbage after the last record is cut off")
  func F63_garbageTail() throws {
    let folder = TemporaryFolder()
    let (all, bytes) = try Self.sample(folder)
    for garbage in [[UInt8]([1]), .init(repeating: 0, count: 4_096), .init(repeating: 0xA5, count: 1_000)] {
      put(bytes + garbage, into: folder.log)
      let log = try LocalLog(folder: folder.path)
      let (got, summary) = try replay(log)
      #expect(got == all && summary.bytesDropped == garbage.count)
      log.close()
      #expect(contents(of: folder.log) == bytes)
    }
  }

  @Test("no flipped byte goes unnoticed: inside, the log is refused with the place; at the end, the record is dropped")
  func flipOfEveryByte() throws {
    let folder = TemporaryFolder()
    let (all, bytes) = try Self.sample(folder)
    for place in bytes.indices {
      for mask: UInt8 in [1, 0x80, 0xFF] {
        var damaged = bytes
        damaged[place] ^= mask
        put(damaged, into: folder.log)
        do {
          let log = try LocalLog(folder: folder.path)
          let (got, summary) = try replay(log)
          #expect(place >= bytes.count - 64, "the flip of byte \(place) was not noticed")
          #expect(got == Array(all[..<5]) && summary.bytesDropped == 64)
        } catch let error as FeedbackError {
          #expect(place < bytes.count - 64)
          #expect(contents(of: folder.log) == damaged, "a refused log is left as it is")
          switch error {
          case .damaged(_, let offset, _): #expect(offset == place / 64 * 64)
          case .notALog: #expect(place < 8)
          case .unknownVersion: #expect((8..<12).contains(place))
          default: Issue.record("\(error)")
          }
        }
      }
    }
  }

  @Test("sectors that a power failure lost from the last append are cut off; from an earlier one, refused")
  func lostSectors() throws {
    let folder = TemporaryFolder()
    let (all, bytes) = try Self.sample(folder)
    for record in 0..<6 {
      var damaged = bytes
      for i in 0..<64 { damaged[64 + record * 64 + i] = 0 }
      put(damaged, into: folder.log)
      let log = try LocalLog(folder: folder.path)
      if record >= 3 {
        let (got, summary) = try replay(log)
        #expect(got == Array(all[..<record]))
        #expect(summary.bytesDropped == (6 - record) * 64)
      } else {
        do {
          _ = try replay(log)
          Issue.record("acknowledged record \(record) was dropped silently")
        } catch let error as FeedbackError {
          #expect("\(error)".contains("is damaged at byte \(64 + record * 64): record \(record + 1) is broken"))
        }
        #expect(throws: FeedbackError.self) { try log.append([all[0]]) }
      }
      log.close()
    }
  }

  @Test("a sound record in the wrong place is no record")
  func staleRecords() throws {
    let folder = TemporaryFolder()
    let (all, bytes) = try Self.sample(folder)
    // The last record repeated, and the third in place of the last.
    put(bytes + bytes[(bytes.count - 64)...], into: folder.log)
    #expect(try replay(LocalLog(folder: folder.path)).events == all)
    put(bytes[..<(bytes.count - 64)] + bytes[192..<256], into: folder.log)
    #expect(try replay(LocalLog(folder: folder.path)).events == Array(all[..<5]))
  }

  @Test("a creation that did not finish is finished")
  func unfinishedCreation() throws {
    let folder = TemporaryFolder()
    for bytes in [[], Array(LogHeader.encoded().dropLast(3)), [UInt8](repeating: 0, count: 64)] {
      put(bytes, into: folder.log)
      let log = try LocalLog(folder: folder.path)
      #expect(try replay(log).events == [])
      #expect(try log.append(events(2)) == 2)
      log.close()
      #expect(contents(of: folder.log).prefix(64) == LogHeader.encoded()[...])
    }
  }
}
