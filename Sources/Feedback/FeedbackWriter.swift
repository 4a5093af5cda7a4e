import Glibc
import Ranking
import Synchronization

/// The thread that owns the log: waits for batches, records them, completes them.
final class FeedbackWriter: @unchecked Sendable {
  private struct Queue {
    var batches: [FeedbackBatch] = []
    var events = 0
    var isClosing = false
    var hasEnded = false
    /// The running thread.
    var thread: pthread_t?
  }

  private let queue = Monitor(Queue())
  private let pendingLimit: Int
  private let recordedEvents: Atomic<UInt64>
  // The writer thread's alone from `start()` on.
  private let log: any FeedbackLog
  private let arms: ArmTable
  private let learner: OnlineLearner?

  init(log: any FeedbackLog, arms: ArmTable, learner: OnlineLearner?, recorded: UInt64, pendingLimit: Int) {
    self.log = log
    self.arms = arms
    self.learner = learner
    self.pendingLimit = pendingLimit
    recordedEvents = Atomic(recorded)
  }

  /// Events in the log.
  var recorded: UInt64 { recordedEvents.load(ordering: .relaxed) }

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

  /// Queues a batch, or says why not.
  func enqueue(_ batch: FeedbackBatch) -> FeedbackError? {
    queue.change { queue in
      if queue.isClosing { return .closed }
      guard queue.events + batch.events.count <= pendingLimit else { return .queueFull(limit: pendingLimit) }
      queue.batches.append(batch)
      queue.events += batch.events.count
      return nil
    }
  }

  /// Lets the thread finish what waits and waits for its end; from the thread itself, only asks.
  func close() {
    let isWriter = queue.change { queue in
      queue.isClosing = true
      return queue.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
    }
    if !isWriter { queue.wait(until: { $0.hasEnded }, then: { _ in }) }
  }

  private func run() {
    queue.change { $0.thread = pthread_self() }
    while let batches = nextBatches() {
      record(batches)
      learner?.save(after: OnlineLearner.savePeriod)
    }
    // Before the log lets go of the folder, which another server may then use.
    learner?.save()
    log.close()
    queue.change { ($0.hasEnded, $0.thread) = (true, nil) }
  }

  /// Everything that waits, at least one batch; nil when there will be no more.
  private func nextBatches() -> [FeedbackBatch]? {
    queue.wait(until: { !$0.batches.isEmpty || $0.isClosing }) { queue in
      if queue.batches.isEmpty { return nil }
      defer {
        queue.batches = []
        queue.events = 0
      }
      return queue.batches
    }
  }

  private func record(_ batches: [FeedbackBatch]) {
    let events = batches.count == 1 ? batches[0].events : batches.flatMap(\.events)
    do throws(FeedbackError) {
      let last = try log.append(events.map { .event($0, isUnmatched: false) })
      for event in events { arms.apply(event) }
      learner?.learn(from: events)
      recordedEvents.store(last, ordering: .relaxed)
      var sequence = last - UInt64(events.count)
      for batch in batches {
        sequence += UInt64(batch.events.count)
        batch.completion(.success(sequence))
      }
    } catch {
      for batch in batches { batch.completion(.failure(error)) }
    }
  }
}
