import FuzzSupport
import Ranking

@testable import Feedback

/// Any bytes as segments of a feedback log, or as a slice of one from another replica.
///
/// What is read is the same at every start, in order; what is appended behind it is there at the next start, and so is all
/// that was there before; and folding entries, whatever they say, comes to the same state twice.
///
/// Input: what it is, the first segment's number, the second one's distance from it and share of the bytes; then the bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLog(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let (choice, start, distance, share) = (input.byte(), input.byte(), input.byte(), input.byte())
  let seals = choice & 1 == 0
  // Takes ten times as long as all else.
  let digests = choice & 0xC0 == 0x40
  if choice & 2 != 0 {
    fuzzSlice(Array(input.rest), seals: seals, renumbers: choice & 4 != 0, digests: digests)
    return 0
  }
  let first = [1, 2, 1_000, UInt64.max - 2, UInt64.max][Int(start) % 5]
  var segments = [(first, Array(input.bytes(choice & 8 == 0 ? .max : input.rest.count * Int(share) / 255)))]
  let (second, overflow) = first.addingReportingOverflow(UInt64(distance))
  if !input.rest.isEmpty, !overflow { segments.append((second, Array(input.rest))) }
  var files: [String: [UInt8]] = [:]
  for (number, content) in segments {
    var file = SegmentHeader.encoded(first: number) + content
    if seals {
      SealedRecords.seal(
        &file, from: SegmentHeader.byteCount, segment: number, numbers: choice & 4 == 0 ? nil : number)
    }
    // Some headers are damaged too.
    if choice & 16 != 0, let last = content.last { file[Int(last) % SegmentHeader.byteCount] ^= last }
    files["s/" + SegmentName(first: number, isDamaged: choice & 32 != 0).text] = file
  }
  fuzzSegments(MemoryFiles(files), digests: digests)
  return 0
}

/// Entries with their sequences, as one start finds them.
private struct Replayed: Equatable {
  var entries: [LogEntry] = []
  var sequences: [UInt64] = []

  // As bytes, since NaN differs from itself.
  static func == (a: Replayed, b: Replayed) -> Bool {
    a.sequences == b.sequences && a.entries.map(encoded) == b.entries.map(encoded)
  }

  init(_ log: LocalLog) throws(FeedbackError) {
    var found: [(LogEntry, UInt64)] = []
    let summary = try log.replay(after: 0) { found.append(($0, $1)) }
    entries = found.map(\.0)
    sequences = found.map(\.1)
    hold(summary.entries == UInt64(found.count), "\(summary.entries) entries, of which \(found.count) came")
    hold(zip(sequences, sequences.dropFirst()).allSatisfy { $0 < $1 }, "sequences \(sequences)")
  }

  /// The same through the reading of slices.
  init(slicesOf log: LocalLog, maxBytes: Int) throws(FeedbackError) {
    var after: UInt64 = 0
    while true {
      let slice = try log.read(after: after, maxBytes: maxBytes)
      if slice.count == 0 { return }
      guard let content = LogSlice.decode(slice.bytes) else { fatalError("a slice of ours that cannot be read") }
      hold(content.count == slice.count && slice.lastSequence > after, "a slice of \(slice.count) entries")
      entries += content.map(\.entry)
      sequences += content.map(\.sequence)
      after = slice.lastSequence
    }
  }
}

private func fuzzSegments(_ files: MemoryFiles, digests: Bool) {
  func open() throws(FeedbackError) -> LocalLog {
    try LocalLog(folder: "s", lock: nil, files: files, segmentBytes: 2_048)
  }
  do throws(FeedbackError) {
    let found: Replayed
    let event = FeedbackEvent(userID: 1, tweetID: 2, type: 3, timestampSeconds: 4, requestID: 0)
    do {
      let log = try open()
      found = try Replayed(log)
      log.close()
    }
    checkEntries(found.entries, digests: digests)
    let log = try open()
    hold(try Replayed(log) == found, "another start finds something else")
    hold(try Replayed(slicesOf: log, maxBytes: 300) == found, "slices hold something else")
    let sequence = try log.append([.event(event, isUnmatched: false)])
    log.close()
    let after = try Replayed(try open())
    var expected = found
    expected.entries.append(.event(event, isUnmatched: false))
    expected.sequences.append(sequence)
    hold(after == expected, "\(after) instead of \(expected)")
  } catch {
    hold(!error.description.isEmpty, "no reason")
  }
}

private func fuzzSlice(_ bytes: [UInt8], seals: Bool, renumbers: Bool, digests: Bool) {
  var bytes = bytes
  if seals { SealedRecords.seal(&bytes, from: 0, segment: 0, numbers: renumbers ? 1 : nil) }
  let content = LogSlice.content(of: bytes)
  hold(zip(content.entries, content.entries.dropFirst()).allSatisfy { $0.sequence < $1.sequence }, "out of order")
  checkEntries(content.entries.map(\.entry), digests: digests)
}

private func encoded(_ entry: LogEntry) -> [UInt8] {
  var writer = ByteWriter()
  entry.encode(into: &writer)
  return writer.bytes
}

/// Folds the entries, with `digests` twice, and writes each anew.
private func checkEntries(_ entries: [LogEntry], digests: Bool) {
  let states = (0..<(digests ? 2 : 1)).map { _ in FoldedState(limits: smallLimits) }
  for (index, entry) in entries.enumerated() {
    for state in states { hold(state.apply(entry, node: 1, sequence: UInt64(index) + 1), "an entry refused") }
    let bytes = encoded(entry)
    let again = bytes.withUnsafeBytes { LogEntry.decode($0, kind: entry.kind.rawValue, flags: entry.flags) }
    hold(again.map(encoded) == bytes, "\(entry) becomes \(again.map { "\($0)" } ?? "nothing")")
  }
  if digests { hold(states[0].digest() == states[1].digest(), "two states of the same entries") }
}

/// Room is made often.
private let smallLimits: FoldLimits = {
  var limits = FoldLimits()
  (limits.armDays, limits.trends, limits.users) = (16, 8, 8)
  (limits.engagedPerUser, limits.impressionsPerUser) = (4, 6)
  (limits.rankings, limits.rankedItems, limits.featuresPerItem) = (8, 64, 4)
  (limits.waitingEvents, limits.recentKeys, limits.nodes) = (8, 32, 2)
  return limits
}()
