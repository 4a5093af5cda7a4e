import Glibc
import Ranking
import ServerSupport
import Testing

@testable import Feedback

/// What the writer makes of events: once each, with the rankings they name, and the same after a restart.
@Suite struct RecordingTests {
  private func ranking(_ id: UInt64, user: UInt64 = 5) -> LoggedRanking {
    LoggedRanking(
      requestID: id, userID: user, timestampSeconds: 1_000_000, policyVersion: "p", modelVersion: "m",
      items: (1...3).map { .init(tweetID: $0, propensity: 0.5, score: 1) }, candidates: [1, 2, 3, 4])
  }

  private func like(_ tweet: UInt64, request: UInt64, user: UInt64 = 5, at time: Int64 = 1_000_100) -> FeedbackEvent {
    FeedbackEvent(
      userID: user, tweetID: tweet, type: EventType.like.rawValue, timestampSeconds: time, requestID: request)
  }

  /// All that the log of a folder holds.
  private func entries(in folder: TemporaryFolder) throws -> [LogEntry] {
    var all: [LogEntry] = []
    let log = try folder.log()
    _ = try log.replay(after: 0) { entry, _ in all.append(entry) }
    log.close()
    return all
  }

  private func options(_ folder: TemporaryFolder) -> FeedbackOptions {
    var options = FeedbackOptions()
    options.snapshotPath = folder.path + "/snapshot"
    options.identity = NodeIdentity(node: 3)
    return options
  }

  @Test("a ranking stands in the log once, right before what first names it; what it did not show is unmatched")
  func rankingsBeforeEvents() throws {
    let folder = TemporaryFolder()
    let service = try FeedbackService(log: folder.log())
    for id in [10, 11, 12] as [UInt64] { service.served.add(ranking(id)) }
    let calls = [
      [like(1, request: 10), like(9, request: 0), like(2, request: 10)],
      [like(4, request: 11), like(1, request: 11, user: 6), like(1, request: 99), like(2, request: 11, at: 9_000_000)],
      [like(3, request: 10), like(2, request: 11)],
    ]
    let outcomes = calls.map { submitAndWait(service, $0) }
    #expect(
      outcomes == [
        .success(.init(recorded: 3, lastSequence: 4)), .success(.init(recorded: 4, unmatched: 4, lastSequence: 9)),
        .success(.init(recorded: 2, lastSequence: 11)),
      ])
    #expect(service.served.count == 1, "what is in the log is not kept twice")
    #expect((1...4).map { trials(service.arms, of: $0) } == [1, 2, 1, 0])
    service.close()
    let (r10, r11) = (LogEntry.ranking(ranking(10)), LogEntry.ranking(ranking(11)))
    let expected: [LogEntry] =
      [r10] + calls[0].map { .event($0, isUnmatched: false) } + [r11] + calls[1].map { .event($0, isUnmatched: true) }
      + calls[2].map { .event($0, isUnmatched: false) }
    #expect(try entries(in: folder) == expected)
  }

  @Test("an event that is sent again is acknowledged and not recorded again: in one call, later, and after a restart")
  func F69_lostAcknowledgements() throws {
    let folder = TemporaryFolder()
    for isWithSnapshot in [false, true] {
      let first = try FeedbackService(log: folder.log(), options: isWithSnapshot ? options(folder) : .init())
      let ids = isWithSnapshot ? [20, 21] : [10, 11] as [UInt64]
      first.served.add(ranking(ids[0]))
      let events = [like(1, request: ids[0]), like(1, request: ids[0]), like(1, request: ids[1])]
      guard case .success(let once) = submitAndWait(first, events) else {
        Issue.record("not recorded")
        return
      }
      #expect(once.recorded == 2 && once.duplicates == 1 && once.unmatched == 1)
      let again = RecordedEvents(duplicates: 3, lastSequence: once.lastSequence)
      #expect(submitAndWait(first, events) == .success(again))
      first.close()
      for isFromSnapshot in [true, false] {
        let second = try FeedbackService(log: folder.log(), options: isFromSnapshot ? options(folder) : .init())
        #expect(submitAndWait(second, events) == .success(again))
        #expect(trials(second.arms, of: 1) == (isWithSnapshot ? 2 : 1))
        second.close()
      }
    }
    #expect(try entries(in: folder).count == 6)
  }

  @Test("when an append fails nothing has happened: the same events are recorded by the next, with their ranking")
  func failedAppend() throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    let service = try FeedbackService(log: folder.log(files))
    service.served.add(ranking(10))
    files.faults[.write] = [.error(ENOSPC)]
    let events = [like(1, request: 10), like(2, request: 10)]
    guard case .failure = submitAndWait(service, events) else {
      Issue.record("the append did not fail")
      return
    }
    #expect(trials(service.arms, of: 1) == 0 && service.eventsRecorded == 0 && service.served.count == 1)
    #expect(submitAndWait(service, events) == .success(.init(recorded: 2, lastSequence: 3)))
    #expect(trials(service.arms, of: 1) == 1 && service.served.count == 0)
    service.close()
    #expect(try entries(in: folder).first == .ranking(ranking(10)))
  }

  @Test("a start from snapshot and log finds what was; the log before the snapshot may be gone")
  func snapshots() throws {
    let folder = TemporaryFolder()
    var options = options(folder)
    options.snapshotPeriod = 200
    options.retention = .none
    let first = try FeedbackService(log: folder.log(segmentBytes: 8_192), options: options)
    let all = plainEvents(3_000)
    for start in stride(from: 0, to: all.count, by: 50) { _ = submitAndWait(first, Array(all[start..<start + 50])) }
    first.close()
    #expect(first.snapshotFailure == nil)
    #expect(!folder.names.contains(SegmentName(first: 1).text), "the first segment is gone: \(folder.names)")
    let second = try FeedbackService(log: folder.log(segmentBytes: 8_192), options: options)
    #expect(second.replayed.entries == 0 && second.replayed.lastSequence == 3_000 && second.note == nil)
    #expect(second.eventsRecorded == 3_000 && second.arms.count == first.arms.count)
    for id in 0..<50 as Range<UInt64> { #expect(trials(second.arms, of: id) == trials(first.arms, of: id)) }
    #expect(submitAndWait(second, plainEvents(1)) == .success(.init(recorded: 1, lastSequence: 3_001)))
    second.close()
  }

  @Test("a snapshot that is damaged is not used, and said; the log gives the same")
  func damagedSnapshot() throws {
    let folder = TemporaryFolder()
    let first = try FeedbackService(log: folder.log(), options: options(folder))
    _ = submitAndWait(first, plainEvents(500))
    first.close()
    var bytes = contents(of: folder.path + "/snapshot")
    bytes[bytes.count / 2] ^= 4
    put(bytes, into: folder.path + "/snapshot")
    let second = try FeedbackService(log: folder.log(), options: options(folder))
    #expect(second.note?.contains("cannot be used") == true && second.replayed.entries == 500)
    for id in 0..<50 as Range<UInt64> { #expect(trials(second.arms, of: id) == trials(first.arms, of: id)) }
    second.close()
    #expect(try FoldedState.read(path: folder.path + "/snapshot").events == 500, "it is written anew")
  }

  @Test("what events are worth is durable, and changes all arms")
  func rewards() throws {
    let folder = TemporaryFolder()
    let first = try FeedbackService(log: folder.log())
    _ = submitAndWait(first, [like(1, request: 0)])
    var change = RewardChange()
    try change.set(.like, to: -2)
    #expect(wait { first.set(change, atSeconds: 7, completion: $0) } == .success(.init(lastSequence: 2)))
    #expect(reward(first, of: 1) == -2 && first.rewards[.like] == -2 && first.rewards[.hide] == -0.5)
    // Within a second, and together: none undoes another, the last of a type counts.
    let gate = Background { [first] in
      [(EventType.like, 5.0), (.hide, -3), (.like, 0.25)].map { type, weight in
        var change = RewardChange()
        try? change.set(type, to: weight)
        return wait { first.set(change, atSeconds: 7, completion: $0) }
      }
    }
    #expect(try gate.join().map { try? $0.get().lastSequence } == [3, 4, 5])
    #expect(reward(first, of: 1) == 0.25 && first.rewards[.hide] == -3 && first.rewards.setAtSeconds == 10)
    first.close()
    let second = try FeedbackService(log: folder.log())
    #expect(reward(second, of: 1) == 0.25 && second.rewards == first.rewards)
    second.close()
  }

  private func reward(_ service: FeedbackService, of id: UInt64) -> Float {
    var (trials, reward, expected) = (UInt32(0), Float(0), Float(0))
    withUnsafePointer(to: id) {
      service.arms.lookUp(.init(start: $0, count: 1), trials: &trials, rewards: &reward, expected: &expected)
    }
    return reward
  }

  @Test("an event that another node recorded about our ranking brings the ranking into our log, and counts at both")
  func following() throws {
    let (mine, theirs) = (TemporaryFolder(), TemporaryFolder())
    let ours = try FeedbackService(log: mine.log(), options: options(mine))
    ours.served.add(ranking(10))
    var otherOptions = options(theirs)
    otherOptions.identity = NodeIdentity(node: 4)
    let other = try FeedbackService(log: theirs.log(), options: otherOptions)
    #expect(submitAndWait(other, [like(1, request: 10)]) == .success(.init(recorded: 1, unmatched: 1, lastSequence: 1)))
    #expect(trials(other.arms, of: 1) == 0)
    func send(_ folder: TemporaryFolder, _ service: FeedbackService, node: UInt64) throws {
      let slice = try #require(LogSlice.decode(try service.readLog(after: 0, maxBytes: 1 << 20).bytes))
      let receiver = node == 4 ? ours : other
      let outcome = wait { receiver.follow(slice, node: node, streamPosition: "\(node)", completion: $0) }
      #expect((try? outcome.get().recorded) == 0)
    }
    for _ in 0..<2 {
      try send(theirs, other, node: 4)
      #expect(trials(ours.arms, of: 1) == 1 && ours.lastSequence == 1 && ours.served.count == 0)
    }
    for _ in 0..<2 {
      try send(mine, ours, node: 3)
      #expect(trials(other.arms, of: 1) == 1)
    }
    ours.close()
    other.close()
    let states = try [mine, theirs].map { try FoldedState.read(path: $0.path + "/snapshot") }
    #expect(states[0].digest() == states[1].digest() && states[0].cursors == [3: 1, 4: 1])
    #expect(states[0].cursors == states[1].cursors && states[0].streamPosition == "4")
  }
}
