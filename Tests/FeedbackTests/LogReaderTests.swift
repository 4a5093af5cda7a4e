import Ranking
import Testing

@testable import Feedback

@Suite("Reading a log that another process writes")
struct LogReaderTests {
  private func read(_ path: String) throws -> (entries: [LogEntry], sequences: [UInt64], summary: ReplaySummary) {
    var (entries, sequences): ([LogEntry], [UInt64]) = ([], [])
    let summary = try LogReader(folder: path).replay {
      entries.append($0)
      sequences.append($1)
    }
    return (entries, sequences, summary)
  }

  @Test("everything durable is read beside the writer, segment by segment, and nothing is changed")
  func besideWriter() throws {
    let folder = TemporaryFolder()
    let all = entries(3_000)
    let log = try folder.log(segmentBytes: 60_000)
    for start in stride(from: 0, to: 3_000, by: 500) {
      _ = try log.append(Array(all[start..<start + 500]))
      let before = folder.names.map { contents(of: folder.path + "/" + $0) }
      let found = try read(folder.path)
      #expect(found.entries == Array(all[..<(start + 500)]))
      #expect(found.sequences == Array(1...UInt64(start + 500)))
      #expect(found.summary == ReplaySummary(entries: UInt64(start + 500), lastSequence: UInt64(start + 500)))
      #expect(folder.names.map { contents(of: folder.path + "/" + $0) } == before)
    }
    #expect(folder.names.count > 3)
    log.close()
    #expect(try read(folder.path).entries == all)
  }

  @Test("damage costs what it hit, is told, and is left as it is")
  func damage() throws {
    let folder = TemporaryFolder()
    let all = events(300).logged
    let log = try folder.log()
    _ = try log.append(all)
    log.close()
    var bytes = contents(of: folder.segment(1))
    bytes[64 + 64 * 100 + 30] ^= 1
    put(bytes, into: folder.segment(1))
    let names = folder.names
    let found = try read(folder.path)
    #expect(found.entries == Array(all[..<100] + all[101...]) && found.summary.entriesLost == 1)
    #expect(folder.names == names && contents(of: folder.segment(1)) == bytes)
  }

  @Test("a folder that is not there is not made, and one without a log has none")
  func noLog() throws {
    let folder = TemporaryFolder()
    #expect(throws: FeedbackError.notALog(path: folder.path, reason: "there is no segment in it")) {
      try LogReader(folder: folder.path)
    }
    #expect(throws: FeedbackError.self) { try LogReader(folder: folder.path + "/none") }
    #expect(folder.names.isEmpty)
  }
}
