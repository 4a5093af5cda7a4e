import Artifact
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
  enum Notice: Sendable { case workerEnded, feedbackClosed, stop }

  /// One per worker.
  let metrics: [Metrics]
  private let watch: Watch
  /// Where the trace of this run is kept; nil: nowhere.
  private let traceFolder: String?
  /// What is known of the last run where it did not end in order; empty: it did.
  let lastRun: String
  private let options: ServerOptions
  /// Of what was loaded at the start, which is not held: another model may take its place.
  let loadedSummary: String
  private let loadedVersion: String
  let reloader: Reloader
  private var watcher: ModelWatcher?
  let feedback: FeedbackService
  let sharing: (any FeedbackSharing)?
  /// What the process may have open, and what it may need: the connections, and some for each loop and for the log.
  let descriptors: Int
  let descriptorsWanted: Int
  let workers: [Worker]
  private let loop: Loop
  private let acceptor: Acceptor
  private let ceiling: MemoryCeiling
  private var signals: [SignalWatcher] = []
  // Set once, before the server is anybody's.
  private var notices: Mailbox<Notice>?
  private var ended = 0
  private let sharingEnded = DispatchSemaphore(value: 0)
  private var patience: LoopTimer?
  private(set) var isCutShort = false

  /// Loads, opens and binds everything; nothing is accepted before ``run()``.
  public convenience init(_ options: ServerOptions) throws(ServerError) {
    // From now on a reload may be asked for; what is loaded now is as new as that.
    ProcessSignals.ignore(SIGHUP)
    let file: ModelFile
    do throws(ArtifactError) { file = try ModelFile(path: options.modelPath) } catch {
      throw .modelFile(path: options.modelPath, error)
    }
    let model = try ModelLoader.load(file)
    let log: LocalLog
    do throws(FeedbackError) { log = try LocalLog(folder: options.stateFolder) } catch { throw .feedback(error) }
    try self.init(
      options, model: model, file: file, log: log, identity: log.identity ?? NodeIdentity(node: 0), tracesRun: true)
  }

  /// The same with a model in memory, and with any log in place of the one in `options.stateFolder`, where a trace of the
  /// run is left only if asked for. `probe` reads the memory in use.
  init(
    _ options: ServerOptions, model: Model, file: ModelFile? = nil, log: any FeedbackLog,
    identity: NodeIdentity = NodeIdentity(node: 0), tracesRun: Bool = false,
    probe: (@Sendable () -> MemoryProbe.Reading)? = nil
  ) throws(ServerError) {
    ProcessSignals.ignoreBrokenPipe()
    self.options = options
    let loaded: ServedModel
    do throws(StepError) { loaded = try ServedModel(model, options: options) } catch { throw .steps(error) }
    loadedSummary = "model \(model.version): \(model.users.count) users, \(model.tweets.count) tweets"
    loadedVersion = model.version
    ceiling = MemoryCeiling(options, model: model)
    let doorkeeper = try Doorkeeper(options)
    descriptorsWanted = options.limits.connections + 8 * (options.workers + 1) + 16
    descriptors = DescriptorLimit.raise(to: descriptorsWanted)
    let feedback: FeedbackService
    do throws(FeedbackError) {
      feedback = try FeedbackService(
        log: log, options: FeedbackOptions(options, model: loaded, identity: identity), learner: loaded.learner)
    } catch { throw .feedback(error) }
    self.feedback = feedback
    let reloader = Reloader(options, served: loaded, file: file, feedback: feedback)
    self.reloader = reloader
    let memory = MemoryGauge()
    metrics = (0..<options.workers).map { _ in Metrics(memory: memory) }
    watch = Watch(options: options.watch, workers: metrics, memory: memory, probe: probe)
    traceFolder = tracesRun ? options.stateFolder : nil
    lastRun = tracesRun ? LastRun.trace(folder: options.stateFolder) ?? "" : ""
    do throws(LoopError) {
      let loop = try Loop()
      sharing = try options.sharing?(feedback)
      let workers = try Self.makeWorkers(
        options, loaded, reloader: reloader, feedback: feedback, sharing: sharing, metrics: metrics,
        doorkeeper: doorkeeper, ceiling: ceiling, watch: watch, lastRun: lastRun)
      (self.loop, self.workers) = (loop, workers)
      reloader.attach(workers)
      do throws(LoopError) {
        acceptor = try Acceptor(options, loop: loop, workers: workers, doorkeeper: doorkeeper)
      } catch {
        for worker in workers { worker.close() }
        throw error
      }
      notices = try Mailbox(loop: loop) { [unowned self] in $0.forEach(handle) }
      // Before anybody is told that the server listens: whoever then asks it to end must find it listening to that too.
      for signal in [SIGINT, SIGTERM] {
        signals.append(try SignalWatcher(loop: loop, signal: signal) { [unowned self] in drain() })
      }
      signals.append(
        try SignalWatcher(loop: loop, signal: SIGHUP) { [reloader] in
          reloader.request(ReloadRequest(source: .configured, isPatient: true))
        })
    } catch { throw .loop(error) }
    if options.watchesModel {
      watcher = ModelWatcher(loop: loop, path: options.modelPath, served: file?.identity) { [reloader] in
        reloader.request(ReloadRequest(source: .configured, isPatient: true))
      }
    }
  }

  deinit {
    // Where run() was never called, the loops are still open.
    for worker in workers { worker.close() }
    loop.close()
  }

  /// One worker for each of `metrics`; none is left open where one cannot be had.
  private static func makeWorkers(
    _ options: ServerOptions, _ loaded: ServedModel, reloader: Reloader, feedback: FeedbackService,
    sharing: (any FeedbackSharing)?, metrics: [Metrics], doorkeeper: Doorkeeper, ceiling: MemoryCeiling,
    watch: Watch, lastRun: String
  ) throws(LoopError) -> [Worker] {
    let started = Loop.monotonicNanos()
    // The reloader holds the workers, and they this.
    let describe: @Sendable (ServedModel) -> ServerDescription = { [unowned reloader] served in
      ServerDescription(
        options: options, served: served, reloader: reloader, feedback: feedback, sharing: sharing,
        metrics: metrics, connections: doorkeeper.counters, ceiling: ceiling, watch: watch, lastRun: lastRun,
        uptimeNanos: Loop.monotonicNanos() - started)
    }
    var workers: [Worker] = []
    do throws(LoopError) {
      for (number, metrics) in metrics.enumerated() {
        let memory = WorkerMemory(loaded, feedback: feedback, options: options, worker: number, describe: describe)
        workers.append(
          try Worker(
            memory: memory, metrics: metrics, limits: options.limits, doorkeeper: doorkeeper,
            store: options.recommendationStore))
      }
    } catch {
      for worker in workers { worker.close() }
      throw error
    }
    return workers
  }

  /// The port of the first address; 0 where that is a Unix socket.
  public var port: UInt16 { acceptor.addresses.first?.port ?? 0 }

  /// Where it listens, with the ports that the system chose.
  public var addresses: [String] { acceptor.addresses.map(\.description) }

  /// What the server takes at most of memory, in one line.
  public var memoryNote: String { ceiling.description }

  /// Serves until SIGINT, SIGTERM or ``stop()``, then drains: calls in flight are answered and events made durable.
  public func run() {
    watch.start(
      lastRun: traceFolder.flatMap { LastRun(folder: $0, version: options.serverVersion, model: loadedVersion) }
    ) { [workers] in
      for worker in workers { worker.post(.shrink) }
    }
    for (index, worker) in workers.enumerated() {
      NamedThread.start("worker-\(index)") { [notices] in
        worker.run()
        notices?.post(.workerEnded)
      }
    }
    if let sharing {
      NamedThread.start("sharing") { [sharingEnded] in
        sharing.run()
        sharingEnded.signal()
      }
    }
    options.lifecycle(.ready)
    loop.run()
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
      if ended == workers.count { closeFeedback() }
    case .feedbackClosed: loop.stop()
    }
  }

  /// Stops accepting and has each worker finish; asked a second time, ends them at once, and does not wait for the disk.
  private func drain() {
    if ended == workers.count { return abandonFeedback() }
    if !reloader.isClosing { options.lifecycle(.draining) }
    acceptor.close()
    watcher?.close()
    reloader.close()
    for worker in workers { worker.post(.drain) }
  }

  /// The last step: what was recorded is flushed, on a thread of its own, since a disk may hang.
  private func closeFeedback() {
    NamedThread.start("closing") { [feedback, sharing, sharingEnded, notices] in
      if let sharing {
        sharing.stop()
        sharingEnded.wait()
      }
      feedback.close()
      notices?.post(.feedbackClosed)
    }
    patience = LoopTimer(loop: loop) { [unowned self] in abandonFeedback() }
    patience?.start(afterMillis: options.limits.closeMillis)
  }

  /// Ends without waiting for the disk: what was acknowledged is on it.
  private func abandonFeedback() {
    feedback.abandon()
    isCutShort = true
    loop.stop()
  }
}
