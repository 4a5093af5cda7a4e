import Glibc
import Ranking
import ServerSupport
import Testing

@testable import Feedback

/// A look at a log from outside: the same as a replay, and without a trace.
@Suite struct LogReaderTests {
  /// All names and contents of a folder.
  private func everything(in folder: TemporaryFolder) -> [String: [UInt8]] {
    Dictionary(uniqueKeysWithValues: folder.names.map { ($0, contents(of: folder.path + "/" + $0)) })
  }

  private func read(_ folder: TemporaryFolder) throws -> (entries: [LogEntry], sequences: [UInt64], LogContents) {
    var found: ([LogEntry], [UInt64]) = ([], [])
    let contents = try LogReader(folder: folder.path).read { entry, sequence in
      found.0.append(entry)
      found.1.append(sequence)
    }
    return (found.0, found.1, contents)
  }

  /// A log of three segments.
  private func fill(_ folder: TemporaryFolder) throws -> [LogEntry] {
    let all = entries(300, seed: 2)
    let log = try folder.log(segmentBytes: 8_192)
    for start in stride(from: 0, to: all.count, by: 50) { _ = try log.append(Array(all[start..<start + 50])) }
    log.close()
    return all
  }

  @Test("it finds what a replay finds, counts it by segment and kind, and leaves the folder as it was")
  func sameAsReplay() throws {
    let folder = TemporaryFolder()
    let all = try fill(folder)
    let before = everything(in: folder)
    let (entries, sequences, found) = try read(folder)
    #expect(entries == all && sequences == Array(1...300))
    #expect(found.damages.isEmpty && found.bytesDropped == 0 && found.lastSequence == 300 && found.entries == 300)
    #expect(found.segments.count > 2 && found.firstSequence == 1)
    for segment in found.segments {
      let part = all[Int(segment.firstSequence) - 1..<Int(segment.lastSequence)]
      let events = part.count { if case .event = $0 { true } else { false } }
      let rankings = part.count { if case .ranking = $0 { true } else { false } }
      #expect(segment.events == UInt64(events) && segment.rankings == UInt64(rankings))
      #expect(segment.rewards == UInt64(part.count - events - rankings))
      #expect(segment.bytes == before[segment.file]?.count && segment.usedBytes == segment.bytes)
      let times = part.map { entry in
        switch entry {
        case .event(let event, _): event.timestampSeconds
        case .ranking(let ranking): ranking.timestampSeconds
        case .rewards(let weights): weights.setAtSeconds
        }
      }
      #expect(segment.times?.lowerBound == times.min() && segment.times?.upperBound == times.max())
    }
    #expect(everything(in: folder) == before)
  }

  @Test("of a damaged log it says what a replay says, but puts nothing aside and cuts nothing off")
  func damagedAndTorn() throws {
    let folder = TemporaryFolder()
    let all = try fill(folder)
    let (_, _, whole) = try read(folder)
    let middle = folder.path + "/" + whole.segments[1].file
    var bytes = contents(of: middle)
    bytes[64 + 30] ^= 1
    put(bytes, into: middle)
    let last = folder.path + "/" + whole.segments[whole.segments.count - 1].file
    put(contents(of: last) + [1, 2, 3], into: last)
    let before = everything(in: folder)
    let (entries, sequences, found) = try read(folder)
    #expect(everything(in: folder) == before)
    #expect(found.bytesDropped == 3)
    let lost = whole.segments[1].firstSequence
    #expect(sequences == Array(1...300).filter { $0 != lost })
    #expect(entries == sequences.map { all[Int($0) - 1] })
    let replayed = try Replayed(folder.log())
    #expect(found.damages == replayed.summary.damages && found.damages.count == 1)
    // And once it was put aside.
    let (_, _, again) = try read(folder)
    #expect(again.damages.count == 1 && again.segments[1].isDamaged && again.bytesDropped == 0)
  }

  @Test("beside a thread that appends it sees all that was durable before, in order, and never damage")
  func besideAppends() throws {
    let folder = TemporaryFolder()
    nonisolated(unsafe) let log = try folder.log(segmentBytes: 200_000)
    let all = entries(20_000, seed: 4)
    let appended = Monitor(0)
    let writer = Background { () -> String in
      var start = 0
      do throws(FeedbackError) {
        while start < all.count {
          let end = min(start + 1 + start % 300, all.count)
          _ = try log.append(Array(all[start..<end]))
          start = end
          appended.change { [start] in $0 = start }
        }
        return ""
      } catch { return "\(error)" }
    }
    var before = 0
    while before < all.count {
      before = appended.change { $0 }
      let reader = try LogReader(folder: folder.path)
      #expect(reader.isInUse)
      var count = 0
      let found = try reader.read { entry, sequence in
        if sequence != UInt64(count + 1) || entry != all[count] { Issue.record("entry \(sequence) after \(count)") }
        count += 1
      }
      #expect(count >= before && found.damages.isEmpty && found.bytesDropped == 0)
      if appended.change({ $0 }) == before, before < all.count { usleep(200) }
    }
    #expect(try writer.join() == "")
    log.close()
    #expect(try !LogReader(folder: folder.path).isInUse)
  }

  @Test("it ends where it is told to, and refuses what a start refuses")
  func limitsAndRefusals() throws {
    let folder = TemporaryFolder()
    let all = try fill(folder)
    for through in [1, 50, 51, 299, 300, 1_000] as [UInt64] {
      var entries: [LogEntry] = []
      let found = try LogReader(folder: folder.path).read(through: through) { entry, _ in entries.append(entry) }
      #expect(entries == Array(all.prefix(Int(through))) && found.lastSequence == min(300, through))
    }
    #expect(throws: FeedbackError.self) { try LogReader(folder: folder.path + "/none") }
    put(Array("not a log".utf8), into: folder.path + "/feedback.log")
    #expect(throws: FeedbackError.self) { try LogReader(folder: folder.path) }
  }

  @Test("events are counted by type; what stands there twice is counted as repeated")
  func statistics() {
    var statistics = LogStatistics()
    let event = FeedbackEvent(userID: 1, tweetID: 2, type: 3, timestampSeconds: 4, requestID: 5)
    var other = event
    other.requestID = 0
    other.type = 99
    for entry in [
      LogEntry.event(event, isUnmatched: true), .event(event, isUnmatched: false), .event(other, isUnmatched: false),
      .event(other, isUnmatched: false), .rewards(RewardWeights()),
    ] { statistics.count(entry) }
    #expect(statistics.eventsByType == [3: 2, 99: 2] && statistics.events == 4)
    #expect(statistics.unmatched == 1 && statistics.withoutRequest == 2 && statistics.repeated == 1)
  }
}
