import Glibc
import Ranking
import ServerSupport
import Synchronization
import Testing

@testable import Feedback

@Suite struct FeedbackServiceTests {
  @Test("every batch of every thread is recorded once, applied, and completed in order with its sequence")
  func manyThreads() throws {
    let folder = TemporaryFolder()
    let service = try FeedbackService(log: LocalLog(folder: folder.path))
    let threads = (0..<4).map { thread in
      Background { () -> [UInt64] in
        let sequences = Monitor<[UInt64]>([])
        let done = Semaphore(0)
        let sizes = (0..<100).map { ($0 * 7 + thread) % 5 }
        for (i, size) in sizes.enumerated() {
          let event = FeedbackEvent(
            userID: UInt64(thread), tweetID: 1, type: 1, timestampSeconds: Int64(i), requestID: 0)
          let batch = [FeedbackEvent](repeating: event, count: size)
          service.submit(batch) { result in
            if case .success(let it) = result { sequences.change { $0.append(it.lastSequence) } }
            done.signal()
          }
        }
        for _ in sizes { done.wait() }
        return sequences.change { $0 }
      }
    }
    let sequences = try threads.map { try $0.join() }
    let total = 4 * 100 * 2
    for each in sequences {
      #expect(each.count == 100)
      #expect(each == each.sorted(), "one thread's batches complete in the order of their submission")
    }
    #expect(service.eventsRecorded == UInt64(total))
    #expect(trials(service.arms, of: 1) == UInt32(total))
    service.close()

    let all = try Replayed(LocalLog(folder: folder.path)).events
    #expect(all.count == total)
    for thread in 0..<4 {
      let mine = all.enumerated().filter { $0.element.userID == UInt64(thread) }
      #expect(mine.map(\.element.timestampSeconds) == mine.map(\.element.timestampSeconds).sorted())
      // A batch's sequence is that of its last event.
      let ends = Set(sequences[thread])
      for (place, (index, event)) in mine.enumerated() {
        let next = place + 1 < mine.count ? mine[place + 1].element : nil
        let isLast = next?.timestampSeconds != event.timestampSeconds
        if isLast { #expect(ends.contains(UInt64(index + 1))) }
      }
    }
  }

  @Test("a restart finds the arms as they were")
  func restart() throws {
    let folder = TemporaryFolder()
    let all = plainEvents(3_000)
    let first = try FeedbackService(log: LocalLog(folder: folder.path))
    for start in stride(from: 0, to: all.count, by: 300) {
      let outcome = submitAndWait(first, Array(all[start..<start + 300]))
      #expect(outcome == .success(.init(recorded: 300, lastSequence: UInt64(start + 300))))
    }
    first.close()
    first.close()
    var options = FeedbackOptions()
    options.seed = 99
    let second = try FeedbackService(log: LocalLog(folder: folder.path), options: options)
    #expect(second.replayed == ReplaySummary(entries: 3_000, lastSequence: 3_000))
    #expect(second.eventsRecorded == 3_000)
    #expect(second.arms.count == first.arms.count)
    for id in 0..<50 { #expect(trials(second.arms, of: UInt64(id)) == trials(first.arms, of: UInt64(id))) }
  }

  @Test("batches that wait together share one flush")
  func groupCommit() throws {
    let folder = TemporaryFolder()
    let log = SlowLog(try LocalLog(folder: folder.path))
    let service = try FeedbackService(log: log)
    log.gate.wait()
    let done = Semaphore(0)
    service.submit(plainEvents(1)) { _ in done.signal() }
    // The writer stands before the gate with the first event; the others come while it does.
    log.arrived.wait()
    for event in plainEvents(49) { service.submit([event]) { _ in done.signal() } }
    log.gate.signal()
    for _ in 0..<50 { done.wait() }
    service.close()
    #expect(log.appends == 2 && log.largest == 49)
  }

  @Test("what may wait is bounded: more is refused at once, and taken again when there is room")
  func F68_fullQueue() throws {
    let folder = TemporaryFolder()
    let log = SlowLog(try LocalLog(folder: folder.path))
    var options = FeedbackOptions()
    options.pendingLimit = 10
    let service = try FeedbackService(log: log, options: options)
    log.gate.wait()
    let done = Semaphore(0)
    let succeeded = Atomic(0)
    service.submit(plainEvents(1)) { _ in done.signal() }
    // The writer has taken the first event once it stands before the gate.
    log.arrived.wait()
    for _ in 0..<2 {
      service.submit(plainEvents(5)) { result in
        if case .success = result { succeeded.add(1, ordering: .relaxed) }
        done.signal()
      }
    }
    #expect(submitAndWait(service, events(1)) == .failure(.queueFull(limit: 10)))
    #expect(submitAndWait(service, events(11)) == .failure(.queueFull(limit: 10)))
    log.gate.signal()
    for _ in 0..<3 { done.wait() }
    #expect(succeeded.load(ordering: .relaxed) == 2)
    #expect(submitAndWait(service, plainEvents(10)) == .success(.init(recorded: 10, lastSequence: 21)))
    service.close()
  }

  @Test("an error of the log reaches the batch, changes no arm, and a later batch may succeed")
  func logErrors() throws {
    let folder = TemporaryFolder()
    let files = FaultyFiles()
    let service = try FeedbackService(log: folder.log(files))
    let like = FeedbackEvent(userID: 1, tweetID: 5, type: 3, timestampSeconds: 0, requestID: 0)
    #expect(submitAndWait(service, [like]) == .success(.init(recorded: 1, lastSequence: 1)))
    files.faults[.write] = [.error(ENOSPC)]
    let full = FeedbackError.inputOutput(path: folder.segment(1), operation: "write to", code: ENOSPC)
    #expect(submitAndWait(service, [like]) == .failure(full))
    #expect(trials(service.arms, of: 5) == 1 && service.eventsRecorded == 1)
    #expect(submitAndWait(service, [like]) == .success(.init(recorded: 1, lastSequence: 2)))
    files.faults[.synchronize] = [.error(EIO), .none, .error(EIO)]
    let poisoned = FeedbackError.poisoned(path: folder.segment(1), operation: "flush", code: EIO)
    #expect(submitAndWait(service, [like]) == .failure(poisoned))
    #expect(trials(service.arms, of: 5) == 2 && service.eventsRecorded == 2)
    service.close()
  }

  @Test("closing records what waits and refuses what comes, also from inside a completion")
  func closing() throws {
    let folder = TemporaryFolder()
    let service = try FeedbackService(log: LocalLog(folder: folder.path))
    let completed = Atomic(0)
    for i in 0..<200 {
      service.submit(plainEvents(3)) { result in
        if case .success = result { completed.add(1, ordering: .relaxed) }
        if i == 100 { service.close() }
      }
    }
    service.close()
    #expect(submitAndWait(service, events(1)) == .failure(.closed))
    // The folder is free, and holds what was acknowledged, no less and no more.
    let recorded = try Replayed(LocalLog(folder: folder.path)).events.count
    #expect(recorded == completed.load(ordering: .relaxed) * 3)
    #expect(recorded > 0)
  }

  @Test("a damaged log starts with what is sound, and says what is not")
  func damagedLog() throws {
    let folder = TemporaryFolder()
    let log = try LocalLog(folder: folder.path)
    let like = FeedbackEvent(userID: 1, tweetID: 5, type: 3, timestampSeconds: 0, requestID: 0)
    for _ in 0..<3 { _ = try log.append([.event(like, isUnmatched: false)]) }
    log.close()
    var bytes = contents(of: folder.segment(1))
    bytes[64 + 64 + 6] ^= 1
    put(bytes, into: folder.segment(1))
    let service = try FeedbackService(log: LocalLog(folder: folder.path))
    #expect(trials(service.arms, of: 5) == 2 && service.replayed.entriesLost == 1)
    #expect(submitAndWait(service, [like]) == .success(.init(recorded: 1, lastSequence: 4)))
    service.close()
  }
}
