import Glibc
import Ranking
import Testing

@testable import Feedback

@Suite struct LogDamageTests {
  /// A log of three appends (2, 1 and 3 events) and its segment's bytes.
  private static func sample(_ folder: TemporaryFolder) throws -> (entries: [LogEntry], bytes: [UInt8]) {
    let all = events(6).logged
    let log = try folder.log()
    for range in [0..<2, 2..<3, 3..<6] { _ = try log.append(Array(all[range])) }
    log.close()
    return (all, contents(of: folder.segment(1)))
  }

  @Test("a log cut at any byte of its last 4 KiB keeps its whole records, says what it dropped, and goes on")
  func F63_truncationAtEveryByte() throws {
    let disk = MemoryDisk()
    let all = entries(80, seed: 3)
    let log = try LocalLog(folder: "f", lock: nil, files: disk, segmentBytes: 32_768)
    var ends: [Int] = []
    for entry in all {
      _ = try log.append([entry])
      ends.append(try log.read(after: 0, maxBytes: .max).bytes.count + 64)
    }
    log.close()
    let path = "f/" + SegmentName(first: 1).text
    let bytes = disk.contents(of: path)
    #expect(bytes.count == ends.last && bytes.count > 5_000)
    for length in bytes.count - 4_096...bytes.count {
      for isPreallocated in [false, true] {
        let zeros = [UInt8](repeating: 0, count: isPreallocated ? 32_768 - length : 0)
        let cut = MemoryDisk([path: bytes[..<length] + zeros])
        let log = try LocalLog(folder: "f", lock: nil, files: cut, segmentBytes: 32_768)
        // Padding that was cut off is there again where the rest reads as zeros.
        let whole = ends.count { end in
          end <= length || isPreallocated && bytes[length..<end].allSatisfy { $0 == 0 }
        }
        let replayed = try Replayed(log)
        #expect(replayed.isWhole(Array(all[..<whole])))
        // Bytes that are zeros in any case are not told from what was never written.
        let torn = bytes[min(ends[whole - 1], length)..<length]
        #expect(replayed.summary.bytesDropped == torn.count - torn.reversed().prefix { $0 == 0 }.count)
        // What follows is appended in the right place, and the next replay finds nothing to drop.
        #expect(try log.append(Array(all[whole...])) == 80)
        log.close()
        let again = try Replayed(LocalLog(folder: "f", lock: nil, files: cut, segmentBytes: 32_768))
        #expect(again.isWhole(all) && again.summary.bytesDropped == 0)
      }
    }
  }

  // Found by fuzzing: the sequence after the last one was computed without a look.
  @Test("sequences at the end of all numbers are refused, in names, in records, and for what is to be appended")
  func F64_sequencesWithoutASuccessor() throws {
    for first in [LogRecord.lastSequence + 1, UInt64.max] {
      let name = "log-" + String(repeating: "0", count: 20 - "\(first)".count) + "\(first).segment"
      let disk = MemoryDisk(["f/" + name: SegmentHeader.encoded(first: first)])
      let log = try LocalLog(folder: "f", lock: nil, files: disk, segmentBytes: 4_096)
      #expect(try Replayed(log).entries.isEmpty)
      #expect(try log.append(events(2).logged) == 2)
    }
    for sequence in [LogRecord.lastSequence, LogRecord.lastSequence + 1, UInt64.max - 1, UInt64.max] {
      var batch = LogBatch()
      try batch.encode(events(1).logged)
      batch.seal(segment: 1, offset: SegmentHeader.byteCount, firstSequence: sequence, attempt: 0)
      let disk = MemoryDisk(["f/" + SegmentName(first: 1).text: SegmentHeader.encoded(first: 1) + batch.bytes])
      let log = try LocalLog(folder: "f", lock: nil, files: disk, segmentBytes: 4_096)
      let isLast = sequence == LogRecord.lastSequence
      #expect(try Replayed(log).entries.count == (isLast ? 1 : 0))
      if isLast {
        #expect(throws: FeedbackError.self) { try log.append(events(1).logged) }
      } else {
        #expect(try log.append(events(1).logged) == 1)
      }
    }
    let log = try LocalLog(folder: "f", lock: nil, files: MemoryDisk(), segmentBytes: 4_096)
    #expect(try log.replay(after: .max) { _, _ in }.entries == 0)
    #expect(throws: FeedbackError.self) { try log.append(events(1).logged) }
  }

  @Test("garbage after the last record is cut off")
  func F63_garbageTail() throws {
    let folder = TemporaryFolder()
    let (all, bytes) = try Self.sample(folder)
    for garbage in [[UInt8]([1]), .init(repeating: 0, count: 4_096), .init(repeating: 0xA5, count: 1_000)] {
      put(bytes + garbage, into: folder.segment(1))
      let log = try folder.log()
      let replayed = try Replayed(log)
      #expect(replayed.isWhole(all) && replayed.summary.bytesDropped == (garbage[0] == 0 ? 0 : garbage.count))
      log.close()
      #expect(contents(of: folder.segment(1)) == bytes)
    }
  }

  @Test("no flipped byte of a segment goes unnoticed, and none costs more than its own record")
  func F64_flipOfEveryByte() throws {
    let path = "f/" + SegmentName(first: 1).text
    let disk = MemoryDisk()
    var random = SeededGenerator(seed: 5)
    let all = entries(200, seed: 5) + (0..<60).map { _ in .ranking(ranking(&random, limit: 50)) }
    let log = try LocalLog(folder: "f", lock: nil, files: disk, segmentBytes: 1 << 20)
    var starts = [64]
    for entry in all {
      _ = try log.append([entry])
      starts.append(try log.read(after: 0, maxBytes: .max).bytes.count + 64)
    }
    log.close()
    let bytes = disk.contents(of: path)
    #expect((60_000...70_000).contains(bytes.count), "\(bytes.count)")
    for place in bytes.indices {
      let damaged = MemoryDisk([path: bytes])
      damaged.flip(place, of: path, mask: [1, 0x80, 0xFF][place % 3])
      let log = try LocalLog(folder: "f", lock: nil, files: damaged, segmentBytes: 1 << 20)
      let replayed = try Replayed(log)
      guard place >= 64 else {
        #expect(
          replayed.entries == all && replayed.summary.damages == [.init(path: path, offset: 0, firstLost: 1, count: 0)])
        continue
      }
      let hit = (starts.firstIndex { $0 > place } ?? 0) - 1
      #expect(replayed.sequences == (1...260).filter { $0 != hit + 1 })
      var left = all
      left.remove(at: hit)
      #expect(replayed.entries == left)
      if hit == 259 {
        #expect(replayed.summary.bytesDropped > 0 && replayed.summary.damages.isEmpty)
      } else {
        let lost = LogDamage(path: path, offset: starts[hit], firstLost: UInt64(hit + 1), count: 1)
        #expect(replayed.summary.damages == [lost])
        #expect(damaged.names == [path + ".damaged"])
      }
    }
  }

  @Test("a damaged segment is put aside and only read; what follows goes to a new one; every start says what is lost")
  func F64_quarantine() throws {
    let folder = TemporaryFolder()
    var (all, bytes) = try Self.sample(folder)
    bytes[64 + 64 + 30] ^= 4
    put(bytes, into: folder.segment(1))
    var log = try folder.log()
    let first = try Replayed(log)
    #expect(first.sequences == [1, 3, 4, 5, 6] && first.summary.entriesLost == 1)
    #expect(
      first.summary.damages.map(\.description) == ["\(folder.segment(1)) is damaged at byte 128; entry 2 is lost"])
    #expect(folder.names == ["feedback.lock", SegmentName(first: 1, isDamaged: true).text])
    #expect(try log.append(all) == 12)
    log.close()
    #expect(contents(of: folder.segment(1, isDamaged: true)) == bytes, "it is kept as it was found")
    log = try folder.log()
    let second = try Replayed(log)
    #expect(second.sequences == [1, 3, 4, 5, 6] + Array(7...12) && second.summary.entriesLost == 1)
    #expect(second.entries == [all[0]] + Array(all[2...]) + all)
    #expect(LogSlice.decode(try log.read(after: 1, maxBytes: 1 << 20).bytes)?.map(\.sequence) == [3, 4, 5, 6])
    #expect(try log.removeSegments(through: 6, keeping: .none) == 1)
    #expect(folder.names == ["feedback.lock", SegmentName(first: 7).text])
  }

  @Test("damage in an older segment, at its end too, costs its own records only; a missing segment is counted")
  func F64_olderSegments() throws {
    let all = events(400).logged
    func disk() throws -> MemoryDisk {
      let disk = MemoryDisk()
      let log = try LocalLog(folder: "f", lock: nil, files: disk, segmentBytes: 64 + 100 * 64)
      for start in stride(from: 0, to: 400, by: 50) { _ = try log.append(Array(all[start..<start + 50])) }
      log.close()
      return disk
    }
    let second = "f/" + SegmentName(first: 101).text
    for (lost, damage): (Range<Int>, (MemoryDisk) -> Void) in [
      (199..<200, { $0.flip(64 + 99 * 64 + 9, of: second, mask: 2) }),
      (120..<200, { $0.shorten(second, to: 64 + 20 * 64 + 63) }),
      (120..<200, { $0.shorten(second, to: 64 + 20 * 64) }),
      (100..<200, { $0.shorten(second, to: 0) }),
      (100..<200, { _ = $0.remove(second) }),
      (150..<160, { for i in 50..<60 { $0.flip(64 + i * 64, of: second, mask: 255) } }),
      (0..<100, { _ = $0.remove("f/" + SegmentName(first: 1).text) }),
    ] {
      let damaged = try disk()
      damage(damaged)
      let log = try LocalLog(folder: "f", lock: nil, files: damaged, segmentBytes: 64 + 100 * 64)
      let replayed = try Replayed(log)
      #expect(replayed.sequences == (0..<400).filter { !lost.contains($0) }.map { UInt64($0 + 1) })
      #expect(replayed.summary.entriesLost == UInt64(lost.count), "\(lost)")
      #expect(replayed.summary.damages.filter { $0.count > 0 }.map(\.firstLost) == [UInt64(lost.lowerBound + 1)])
      #expect(try log.append(all) == 800)
    }
  }

  @Test("pages that a power failure lost from the last append are cut off; from an earlier one they are damage")
  func lostPages() throws {
    let all = events(300).logged
    let disk = MemoryDisk()
    let log = try LocalLog(folder: "f", lock: nil, files: disk, segmentBytes: 1 << 20)
    for range in [0..<100, 100..<300] { _ = try log.append(Array(all[range])) }
    log.close()
    let path = "f/" + SegmentName(first: 1).text
    let bytes = disk.contents(of: path)
    // The second append begins in page 1, at 100 · 64 + 64.
    for page in 0...4 {
      let damaged = MemoryDisk([path: bytes])
      let start = page == 1 ? 64 + 100 * 64 : page * 4_096
      damaged.erase(start..<min((page + 1) * 4_096, bytes.count), of: path)
      let log = try LocalLog(folder: "f", lock: nil, files: damaged, segmentBytes: 1 << 20)
      let replayed = try Replayed(log)
      if page == 0 {
        #expect(replayed.sequences == (64...300).map { UInt64($0) } && replayed.summary.entriesLost == 63)
      } else {
        #expect(replayed.isWhole(Array(all[..<((start - 64) / 64)])))
        #expect(replayed.summary.bytesDropped > 0 || page == 4)
      }
    }
  }

  @Test("a sound record in the wrong place is no record")
  func staleRecords() throws {
    let folder = TemporaryFolder()
    let (all, bytes) = try Self.sample(folder)
    // The last record repeated, and the third in place of the last.
    put(bytes + bytes[(bytes.count - 64)...], into: folder.segment(1))
    #expect(try Replayed(folder.log()).isWhole(all))
    put(bytes[..<(bytes.count - 64)] + bytes[192..<256], into: folder.segment(1))
    #expect(try Replayed(folder.log()).isWhole(Array(all[..<5])))
    // Another segment's bytes under this one's name.
    unlink(folder.segment(1))
    put(SegmentHeader.encoded(first: 2) + bytes[64...], into: folder.segment(2))
    let replayed = try Replayed(folder.log())
    #expect(replayed.entries.isEmpty && replayed.summary.entriesLost == 1 && replayed.summary.bytesDropped > 0)
  }

  @Test("a creation that did not finish is forgotten")
  func unfinishedCreation() throws {
    let folder = TemporaryFolder()
    put([1, 2, 3], into: folder.segment(1) + ".new")
    put([], into: folder.path + "/notes.new")
    let log = try folder.log()
    #expect(try log.append(entries(2)) == 2)
    #expect(folder.names == ["feedback.lock", SegmentName(first: 1).text, "notes.new"])
  }
}
