import EventLoop
import Feedback
import Foundation
import Ranking
import Wire

/// The whole server: model, feedback log, workers on their threads, and the acceptor on the caller's.
///
/// ``stop()`` is for any thread; everything else belongs to the thread that calls ``run()``.
public final class Server: @unchecked Sendable {
  /// What other threads tell the acceptor's loop.
  private enum Notice: Sendable { case workerEnded, stop }

  /// One per worker.
  let metrics: [Metrics]
  private let watch: Watch
  /// Where the trace of this run is kept, and of what version; nil: nowhere.
  private let tracing: (folder: String, version: String)?
  /// What is known of the last run where it did not end in order; empty: it did.
  private let lastRun: String
  private let model: Model
  private let feedback: FeedbackService
  private let sharing: (any FeedbackSharing)?
  /// What the process may have open, and what it may need: the connections, and some for each loop and for the log.
  private let descriptors: Int
  private let descriptorsWanted: Int
  private let workers: [Worker]
  private let loop: Loop
  private let listener: Listener
  private var signals: [SignalWatcher] = []
  // Set once, before the server is anybody's.
  private var notices: Mailbox<Notice>?
  private var ended = 0

  /// Loads, opens and binds everything; nothing is accepted before ``run()``.
  public convenience init(_ options: ServerOptions) throws(ServerError) {
    let model = try ModelLoader.load(path: options.modelPath)
    let log: LocalLog
    let identity: NodeIdentity
    do throws(FeedbackError) {
      log = try LocalLog(folder: options.stateFolder)
      identity = try NodeIdentity.read(folder: options.stateFolder)
    } catch { throw .feedback(error) }
    try self.init(options, model: model, log: log, identity: identity, tracesRun: true)
  }

  /// The same with a model in memory, and with any log in place of the one in `options.stateFolder`, where a trace of the
  /// run is left only if asked for. `probe` reads the memory in use.
  init(
    _ options: ServerOptions, model: Model, log: any FeedbackLog, identity: NodeIdentity = NodeIdentity(node: 0),
    tracesRun: Bool = false, probe: (@Sendable () -> MemoryProbe.Reading)? = nil
  ) throws(ServerError) {
    ProcessSignals.ignoreBrokenPipe()
    self.model = model
    let steps: RankSteps
    do throws(StepError) { steps = try RankSteps(options.steps, model: model) } catch { throw .steps(error) }
    descriptorsWanted = options.limits.connections + 8 * (options.workers + 1) + 16
    descriptors = DescriptorLimit.raise(to: descriptorsWanted)
    let feedback: FeedbackService
    let learner = options.steps.learning.map { rates in
      OnlineLearner(
        model: model, rates: rates, folder: options.stateFolder, capacity: options.limits.shownItems,
        longest: options.limits.learnedItemsPerAnswer)
    }
    do throws(FeedbackError) {
      feedback = try FeedbackService(
        log: log, options: FeedbackOptions(options, model: model, identity: identity), learner: learner)
    } catch { throw .feedback(error) }
    self.feedback = feedback
    let memory = MemoryGauge()
    metrics = (0..<options.workers).map { _ in Metrics(memory: memory) }
    watch = Watch(options: options.watch, workers: metrics, memory: memory, probe: probe)
    tracing = tracesRun ? (options.stateFolder, options.serverVersion) : nil
    lastRun = tracesRun ? LastRun.trace(folder: options.stateFolder) ?? "" : ""
    do throws(LoopError) {
      let loop = try Loop()
      sharing = try options.sharing?(feedback)
      let workers = try Self.makeWorkers(
        options, steps, model: model, feedback: feedback, sharing: sharing, metrics: metrics, watch: watch,
        lastRun: lastRun)
      (self.loop, self.workers) = (loop, workers)
      do throws(LoopError) {
        let address = try SocketAddress(options.listenAddress)
        listener = try Listener(loop: loop, address: address, backlog: 1_024) { descriptor in
          Self.deal(descriptor, to: workers, limits: options.limits)
        }
      } catch {
        for worker in workers { worker.close() }
        throw error
      }
      notices = try Mailbox(loop: loop) { [unowned self] in $0.forEach(handle) }
      // Before anybody is told that the server listens: whoever then asks it to end must find it listening to that too.
      for signal in [SIGINT, SIGTERM] {
        signals.append(try SignalWatcher(loop: loop, signal: signal) { [unowned self] in drain() })
      }
    } catch { throw .loop(error) }
  }

  deinit {
    // Where run() was never called, the loops are still open.
    for worker in workers { worker.close() }
    loop.close()
  }

  /// One worker for each of `metrics`; none is left open where one cannot be had.
  private static func makeWorkers(
    _ options: ServerOptions, _ steps: RankSteps, model: Model, feedback: FeedbackService,
    sharing: (any FeedbackSharing)?, metrics: [Metrics], watch: Watch, lastRun: String
  ) throws(LoopError) -> [Worker] {
    // Whatever changes the order changes the policy's version.
    let policyVersion = ([options.policy.version] + [steps.version].filter { !$0.isEmpty }).joined(separator: ",")
    let context = RankContext(
      modelVersion: model.version, policyVersion: policyVersion,
      signalNames: model.signals.map(\.name) + steps.active.map(\.name))
    let started = Loop.monotonicNanos()
    let describe: @Sendable () -> ServerDescription = {
      ServerDescription(
        options: options, policyVersion: policyVersion, model: model, feedback: feedback, sharing: sharing,
        metrics: metrics, watch: watch, lastRun: lastRun, uptimeNanos: Loop.monotonicNanos() - started)
    }
    let index = CandidateIndex(model: model)
    var workers: [Worker] = []
    do throws(LoopError) {
      for (number, metrics) in metrics.enumerated() {
        let memory = WorkerMemory(
          model: model, index: index, context: context, feedback: feedback, options: options, steps: steps,
          worker: number, describe: describe)
        workers.append(
          try Worker(
            memory: memory, metrics: metrics, limits: options.limits, store: options.recommendationStore))
      }
    } catch {
      for worker in workers { worker.close() }
      throw error
    }
    return workers
  }

  /// The port that is listened on.
  public var port: UInt16 { listener.port }

  /// What was loaded, for the line that says the server is ready.
  public var summary: String {
    "model \(model.version): \(model.users.count) users, \(model.tweets.count) tweets; "
      + "\(feedback.eventsRecorded) events replayed; \(workers.count) worker\(workers.count == 1 ? "" : "s")"
      + (sharing.map { "; feedback shared through \($0.place)" } ?? "")
  }

  /// Notes about what was found while starting, such as a torn tail of the feedback log that was cut.
  public var startupNotes: [String] {
    var notes: [String] = []
    let dropped = feedback.replayed.bytesDropped
    if dropped > 0 { notes.append("cut \(dropped) bytes of a torn, never acknowledged tail from the feedback log") }
    for damage in feedback.replayed.damages { notes.append("feedback was lost: \(damage)") }
    if !lastRun.isEmpty { notes.append("the last run did not end in order: \(lastRun)") }
    notes += [feedback.note, feedback.learner?.note].compactMap { $0 }
    if descriptors < descriptorsWanted {
      notes.append(
        "at most \(descriptors) file descriptors (ulimit -n), which is less than the \(descriptorsWanted) that "
          + "the limit of connections needs; more connections than fit wait to be accepted")
    }
    return notes
  }

  /// What could not be kept when the server ended; after ``run()``.
  public var closingNotes: [String] {
    let learned = feedback.learner?.saveFailure.map { "what was learned from feedback was not saved: \($0)" }
    // Nothing is lost by it: the log has it all.
    let snapshot = feedback.snapshotFailure.map { "no snapshot of feedback could be written: \($0)" }
    return [learned, snapshot].compactMap { $0 }
  }

  /// Serves until SIGINT, SIGTERM or ``stop()``, then drains: calls in flight are answered and events made durable.
  public func run() {
    watch.start(
      lastRun: tracing.flatMap { LastRun(folder: $0.folder, version: $0.version, model: model.version) }
    ) { [workers, feedback] in
      for worker in workers { worker.post(.shrink) }
      feedback.served.shrink()
    }
    for (index, worker) in workers.enumerated() {
      NamedThread.start("worker-\(index)") { [notices] in
        worker.run()
        notices?.post(.workerEnded)
      }
    }
    let sharingEnded = DispatchSemaphore(value: 0)
    if let sharing {
      NamedThread.start("sharing") {
        sharing.run()
        sharingEnded.signal()
      }
    }
    loop.run()
    if let sharing {
      sharing.stop()
      sharingEnded.wait()
    }
    feedback.close()
    loop.close()
    watch.stop()
  }

  /// Asks for what SIGTERM asks for. Any thread, at any time, also before ``run()``, which then drains at once.
  public func stop() { notices?.post(.stop) }

  private func handle(_ notice: Notice) {
    switch notice {
    case .stop: drain()
    case .workerEnded:
      ended += 1
      if ended == workers.count { loop.stop() }
    }
  }

  /// Stops accepting and has each worker finish; asked a second time, ends them at once.
  private func drain() {
    watch.tellStopping()
    listener.close()
    for worker in workers { worker.post(.drain) }
  }

  /// Gives a connection to the worker that has fewest, or closes it where all are full.
  private static func deal(_ descriptor: Int32, to workers: [Worker], limits: Limits) {
    let counts = workers.map(\.metrics.openConnections)
    guard let fewest = counts.indices.min(by: { counts[$0] < counts[$1] }),
      counts.reduce(0, +) < limits.connections
    else {
      close(descriptor)
      return
    }
    workers[fewest].metrics.countOpened()
    workers[fewest].post(.adopt(fileDescriptor: descriptor))
  }
}
