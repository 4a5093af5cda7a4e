import Artifact
import EventLoop
import Glibc
import Ranking
import Synchronization

/// The thread that owns the log and the folded state: waits for work, records it, folds it, completes it.
final class FeedbackWriter: @unchecked Sendable {
  private struct Queue {
    var works: [FeedbackWork] = []
    var weight = 0
    var isClosing = false
    var hasEnded = false
    var isAbandoned = false
    /// The running thread.
    var thread: pthread_t?
  }

  /// Nanoseconds between two publications of what is trending.
  private static let trendingPeriod: UInt64 = 1_000_000_000

  /// What events are worth.
  let rewards: Monitor<RewardWeights>
  /// Events since the start that were not recorded again, and those recorded that did not count.
  let duplicates = Atomic<UInt64>(0)
  let unmatched = Atomic<UInt64>(0)
  private let queue = Monitor(Queue())
  private let options: FeedbackOptions
  private let events: Atomic<UInt64>
  private let sequence: Atomic<UInt64>
  private let released = Atomic<UInt64>(0)
  // The writer thread's alone from `start()` on, but for the log's reading.
  let log: any FeedbackLog
  private let state: FoldedState
  private let publisher: FoldPublisher
  private let served: ServedRankings
  /// Changed by the thread alone.
  let learner: Monitor<OnlineLearner?>
  private let snapshots: SnapshotKeeper?
  private var plan = RecordingPlan()
  private var node: UInt64
  /// When what is trending may be published next, on the monotonic clock.
  private var trendingDue: UInt64 = 0

  init(
    log: any FeedbackLog, state: FoldedState, publisher: FoldPublisher, served: ServedRankings, learner: OnlineLearner?,
    options: FeedbackOptions, replayed: ReplaySummary, snapshotAt: Int64?
  ) {
    rewards = Monitor(state.weights)
    self.log = log
    self.state = state
    self.publisher = publisher
    self.served = served
    self.learner = Monitor(learner)
    self.options = options
    node = options.identity.node
    events = Atomic(state.events)
    sequence = Atomic(replayed.lastSequence)
    snapshots = options.snapshotPath.map {
      SnapshotKeeper(path: $0, period: options.snapshotPeriod, writtenAt: snapshotAt ?? 0)
    }
    // What was replayed is not in the snapshot.
    _ = snapshots?.advance(by: Int(clamping: replayed.entries), state, sequence: replayed.lastSequence)
  }

  /// Events folded.
  var eventsRecorded: UInt64 { events.load(ordering: .relaxed) }
  /// The sequence of the last entry.
  var lastSequence: UInt64 { sequence.load(ordering: .relaxed) }
  /// Lets the log give back entries up to this one, where it is shared.
  func release(through sequence: UInt64) { released.store(sequence, ordering: .relaxed) }
  /// Why the last snapshot could not be written; once the thread has ended.
  var snapshotFailure: ArtifactError? { queue.change { $0.hasEnded } ? snapshots?.failure : nil }

  /// When the last snapshot was written, in Unix seconds; 0: there is none.
  var snapshotAtSeconds: Int64 { snapshots?.writtenAt ?? 0 }

  /// Starts the thread; misuse: twice. It holds this object until it ends, and takes no signals.
  func start() throws(FeedbackError) {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<FeedbackWriter>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, argument.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard code == 0 else {
      argument.release()
      log.close()
      queue.change { ($0.isClosing, $0.hasEnded) = (true, true) }
      throw .noThread(code: code)
    }
    // Its end is awaited in the queue, which, unlike a join, any number of threads can do.
    pthread_detach(thread)
  }

  /// Queues work, or says why not.
  func enqueue(_ work: FeedbackWork) -> FeedbackError? {
    queue.change { queue in
      if queue.isClosing { return .closed }
      guard queue.weight + work.weight <= max(1, options.pendingLimit) else {
        return .queueFull(limit: max(1, options.pendingLimit))
      }
      queue.works.append(work)
      queue.weight += work.weight
      return nil
    }
  }

  /// Lets the thread finish what waits and waits for its end; from the thread itself, only asks.
  func close() {
    let isWriter = queue.change { queue in
      queue.isClosing = true
      return queue.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
    }
    if !isWriter { queue.wait(until: { $0.hasEnded || $0.isAbandoned }, then: { _ in }) }
  }

  /// Whoever waits for the thread's end waits no more.
  func abandon() { queue.change { ($0.isClosing, $0.isAbandoned) = (true, true) } }

  private func run() {
    queue.change { $0.thread = pthread_self() }
    while let works = nextWorks() {
      if !works.isEmpty {
        record(works)
        learner.change { $0 }?.save(after: OnlineLearner.savePeriod)
      }
      publishTrending()
    }
    // Before the log lets go of the folder, which another server may then use.
    learner.change { $0 }?.save()
    giveBack(through: snapshots?.close(state, sequence: lastSequence))
    log.close()
    queue.change { ($0.hasEnded, $0.thread) = (true, nil) }
  }

  /// Publishes what is trending where that has changed, at most once a second.
  private func publishTrending() {
    guard publisher.hasNewTrending else { return }
    let now = Loop.monotonicNanos()
    guard now >= trendingDue else { return }
    publisher.publishTrending()
    trendingDue = now + Self.trendingPeriod
  }

  /// Everything that waits, nothing where something else is due first; nil when there will be no more.
  private func nextWorks() -> [FeedbackWork]? {
    let due = publisher.hasNewTrending ? trendingDue : nil
    return queue.wait(until: { !$0.works.isEmpty || $0.isClosing }, orAt: due) { queue in
      if queue.works.isEmpty { return queue.isClosing ? nil : [] }
      defer {
        queue.works = []
        queue.weight = 0
      }
      return queue.works
    }
  }

  // MARK: One append

  private func record(_ works: [FeedbackWork]) {
    plan.begin()
    var outcomes: [RecordedEvents] = []
    let before = lastSequence
    for work in works {
      var outcome = add(work.task)
      outcome.lastSequence = before + UInt64(plan.entries.count)
      outcomes.append(outcome)
    }
    do throws(FeedbackError) {
      if !plan.entries.isEmpty { sequence.store(try log.append(plan.entries), ordering: .relaxed) }
    } catch {
      for work in works {
        switch work.task {
        case .model, .renamed:
          _ = finish(work.task)
          work.completion(.success(RecordedEvents(lastSequence: before)))
        default: work.completion(.failure(error))
        }
      }
      return
    }
    for (i, entry) in plan.entries.enumerated() {
      state.apply(entry, node: node, sequence: before + UInt64(i + 1))
    }
    let followed = works.reduce(0) { $0 + finish($1.task) }
    publisher.publish()
    rewards.change { $0 = state.weights }
    for requestID in plan.rankings.keys { served.remove(requestID) }
    let unmatched = outcomes.reduce(0) { $0 + $1.unmatched }
    learner.change { $0 }?.learn(from: plan.counted, unmatched: unmatched)
    self.unmatched.add(UInt64(unmatched), ordering: .relaxed)
    duplicates.add(UInt64(outcomes.reduce(0) { $0 + $1.duplicates }), ordering: .relaxed)
    events.store(state.events, ordering: .relaxed)
    for (work, outcome) in zip(works, outcomes) { work.completion(.success(outcome)) }
    keepSnapshot(of: plan.entries.count + followed)
  }

  /// Puts into the append what the log needs to have of it.
  private func add(_ task: FeedbackWork.Task) -> RecordedEvents {
    switch task {
    case .events(let events): return plan.add(events, state: state, served: served)
    case .rewards(let change, let seconds): plan.add(change, atSeconds: seconds, state: state)
    case .followed(let entries, _, _):
      for (entry, _) in entries { plan.addRanking(namedBy: entry, state: state, served: served) }
    case .model, .renamed: break
    }
    return RecordedEvents()
  }

  /// Does what needs nothing of our log, once the append is durable; returns how many entries were folded.
  private func finish(_ task: FeedbackWork.Task) -> Int {
    switch task {
    case .events, .rewards: return 0
    case .model(let asOf, let next):
      publisher.count(since: asOf)
      let before = learner.change { $0 }
      before?.save()
      next?.follow(before)
      learner.change { $0 = next }
    case .renamed(let identity):
      state.take(identity)
      log.rename(to: identity)
      node = identity.node
    case .followed(let entries, let node, let position):
      state.streamPosition = position
      return entries.reduce(0) { $0 + (state.apply($1.entry, node: node, sequence: $1.sequence) ? 1 : 0) }
    }
    return 0
  }

  /// What the log cannot give back now it gives back after the next snapshot.
  private func keepSnapshot(of entries: Int) {
    giveBack(through: snapshots?.advance(by: entries, state, sequence: lastSequence))
  }

  private func giveBack(through sequence: UInt64?) {
    guard let sequence else { return }
    let through = min(sequence, options.isShared ? released.load(ordering: .relaxed) : .max)
    _ = try? log.removeSegments(through: through, keeping: options.retention)
  }
}
