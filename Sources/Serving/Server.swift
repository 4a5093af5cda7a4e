import EventLoop
import Feedback
import Foundation
import Ranking
import Wire

/// The whole server: model, feedback log, workers on their threads, and the acceptor on the caller's.
public final class Server {
  private let options: ServerOptions
  private let model: Model
  private let feedback: FeedbackService
  private let workers: [Worker]
  private let metrics: [Metrics]
  private let loop: Loop
  private let listener: Listener
  private var signals: [SignalWatcher] = []
  /// Workers that have ended tell the acceptor's loop here.
  private var endings: Mailbox<Int>?
  private var ended = 0

  /// Loads, opens and binds everything; nothing is accepted before ``run()``.
  public init(_ options: ServerOptions) throws(ServerError) {
    ProcessSignals.ignoreBrokenPipe()
    self.options = options
    let model = try ModelLoader.load(path: options.modelPath)
    self.model = model
    let feedback: FeedbackService
    do throws(FeedbackError) {
      feedback = try FeedbackService(log: LocalLog(folder: options.stateFolder), armSeed: options.seed)
    } catch { throw .feedback(error) }
    self.feedback = feedback
    let metrics = (0..<options.workers).map { _ in Metrics() }
    self.metrics = metrics
    let context = RankContext(
      modelVersion: model.version, policyVersion: options.policy.version,
      signalNames: Signal.allCases.map(\.name) + ["bandit"])
    let started = Loop.monotonicNanos()
    let describe: @Sendable () -> ServerDescription = {
      ServerDescription(
        options: options, model: model, feedback: feedback, metrics: metrics,
        uptimeSeconds: (Loop.monotonicNanos() - started) / 1_000_000_000)
    }
    do throws(LoopError) {
      loop = try Loop()
      var workers: [Worker] = []
      for (index, metrics) in metrics.enumerated() {
        let memory = WorkerMemory(
          model: model, context: context, feedback: feedback, options: options, worker: index, describe: describe)
        workers.append(try Worker(memory: memory, metrics: metrics, limits: options.limits))
      }
      self.workers = workers
      let limits = options.limits
      listener = try Listener(loop: loop, address: SocketAddress(options.listenAddress), backlog: 1_024) { descriptor in
        Self.deal(descriptor, to: workers, limits: limits)
      }
    } catch { throw .loop(error) }
  }

  /// The port that is listened on.
  public var port: UInt16 { listener.port }

  /// What was loaded, for the line that says the server is ready.
  public var summary: String {
    "model \(model.version): \(model.users.count) users, \(model.tweets.count) tweets; "
      + "\(feedback.eventsRecorded) events replayed; \(workers.count) worker\(workers.count == 1 ? "" : "s")"
  }

  /// Notes about what was found while starting, such as a torn tail of the feedback log that was cut.
  public var startupNotes: [String] {
    let dropped = feedback.replayed.bytesDropped
    return dropped == 0 ? [] : ["cut \(dropped) bytes of a torn, never acknowledged tail from the feedback log"]
  }

  /// Serves until SIGINT or SIGTERM, then drains: calls in flight are answered and events made durable.
  public func run() throws(ServerError) {
    do throws(LoopError) {
      endings = try Mailbox(loop: loop) { [unowned self] indices in
        ended += indices.count
        if ended == workers.count { loop.stop() }
      }
      for signal in [SIGINT, SIGTERM] {
        signals.append(try SignalWatcher(loop: loop, signal: signal) { [unowned self] in drain() })
      }
    } catch { throw .loop(error) }
    for (index, worker) in workers.enumerated() {
      let thread = Thread { [endings] in
        worker.run()
        endings?.post(index)
      }
      thread.name = "worker-\(index)"
      thread.start()
    }
    loop.run()
    feedback.close()
    loop.close()
  }

  /// Stops accepting and has each worker finish; a second signal ends them at once.
  private func drain() {
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
