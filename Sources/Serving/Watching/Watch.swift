import EventLoop
import Foundation
import Kernels
import Synchronization

/// The thread that looks after the others: whether loops turn, how much memory there is, that a supervisor hears of it, and
/// that the trace of this run is up to date. Ten times a second, whatever the loops do.
final class Watch: @unchecked Sendable {
  /// Between two looks.
  static let lookMillis = 100
  /// Looks between two times that the trace is written, and between two that caches are made small while memory is short.
  private static let looksPerTrace = 10
  private static let looksPerShrink = 50

  /// The process's memory as last looked at.
  let memory: MemoryGauge
  private let options: WatchOptions
  private let probe: @Sendable () -> MemoryProbe.Reading
  private let workers: [Metrics]
  private let stalls = Atomic<UInt64>(0)
  private let ending = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  // The thread's, and before that whoever makes the watch.
  private var detector: StallDetector
  private var lastRun: LastRun?
  /// Makes small what is only kept for later.
  private var shrink: @Sendable () -> Void = {}
  private var looks = 0
  private var lastAliveNanos: UInt64 = 0

  /// Watches the workers with these metrics. `probe` reads the memory, and is another one in tests.
  init(
    options: WatchOptions, workers: [Metrics], memory: MemoryGauge,
    probe: (@Sendable () -> MemoryProbe.Reading)? = nil
  ) {
    self.options = options
    self.workers = workers
    self.memory = memory
    let own = MemoryProbe(limitBytes: options.memoryLimitBytes)
    self.probe = probe ?? { own.read() }
    detector = StallDetector(workers: workers.count, hopelessNanos: options.exitSeconds.map { $0 * 1_000_000_000 })
    // Describe has something to say before the first look.
    lookAtMemory()
  }

  /// How often a loop has stood still. Any thread.
  var stallCount: UInt64 { stalls.load(ordering: .relaxed) }

  /// Lines that nobody read in time. Any thread.
  var droppedLogLines: UInt64 { options.journal?.dropped ?? 0 }

  /// Starts the thread. `lastRun` is kept up to date, and removed by ``stop()``; `shrink` makes small what is only kept for
  /// later.
  func start(lastRun: LastRun?, shrink: @escaping @Sendable () -> Void) {
    self.lastRun = lastRun
    self.shrink = shrink
    NamedThread.start("watch") { [self] in
      while ending.wait(timeout: .now() + .milliseconds(Self.lookMillis)) == .timedOut { look() }
      ended.signal()
    }
  }

  /// Ends the thread, once; after ``start(lastRun:shrink:)``.
  func stop() {
    ending.signal()
    ended.wait()
    lastRun?.remove()
    lastRun = nil
    // It holds the workers, whose descriptions hold this.
    shrink = {}
  }

  // MARK: One look

  private func look() {
    looks += 1
    lookAtLoops()
    lookAtMemory()
    if looks % Self.looksPerTrace == 0 { lastRun?.update(activity) }
    tellAlive()
  }

  private var activity: String {
    let loops = workers.enumerated().map { "worker \($0) \($1.activity.words)" }.joined(separator: ", ")
    let short = memory.pressure == .calm ? "" : ", memory \(memory.pressure)"
    return "\(memory.residentBytes >> 20) MiB resident\(short), \(loops)"
  }

  private func lookAtLoops() {
    for finding in detector.look(atNanos: Loop.monotonicNanos(), ticks: workers.map(\.activity.lastTickNanos)) {
      switch finding {
      case .began(let worker, let nanos):
        stalls.add(1, ordering: .relaxed)
        say("worker \(worker) stands still: its loop has not turned for \(nanos / 1_000_000) ms, \(words(worker))")
      case .ended(let worker, let nanos):
        say("worker \(worker) goes on after \(nanos / 1_000_000) ms")
      case .hopeless(let worker, let nanos):
        say("worker \(worker) has stood still for \(nanos / 1_000_000_000) s, \(words(worker)): ending the process")
        lastRun?.update("ended by the watchdog: \(activity)")
        options.journal?.flush(withinSeconds: 0.5)
        // Nothing of the process can be trusted to end in order.
        _exit(WatchOptions.stalledExitCode)
      }
    }
  }

  private func words(_ worker: Int) -> String { workers[worker].activity.words }

  private func lookAtMemory() {
    let reading = probe()
    let nearest = reading.nearest
    memory.set(residentBytes: reading.residentBytes, limitBytes: nearest?.limitBytes ?? 0)
    let before = memory.pressure
    let now = MemoryPressure.level(
      usedBytes: nearest?.usedBytes ?? 0, limitBytes: nearest?.limitBytes ?? 0, after: before)
    memory.set(now)
    if now != before, let nearest {
      let share = "\(nearest.usedBytes >> 20) of \(nearest.limitBytes >> 20) MiB in use"
      say("memory: \(share), \(now.words)")
    }
    if now >= .shrinking, now > before || looks % Self.looksPerShrink == 0 {
      shrink()
      HeapMemory.giveBack()
    }
  }

  /// A supervisor hears nothing while a loop stands still, and may then start the server anew.
  private func tellAlive() {
    guard let notifier = options.notifier, let micros = notifier.watchdogMicros, !detector.isStalled else { return }
    let now = Loop.monotonicNanos()
    // Twice as often as it must, as systemd's manual asks for.
    guard now &- lastAliveNanos >= micros * 500 else { return }
    lastAliveNanos = now
    notifier.alive()
  }

  private func say(_ line: String) { options.journal?.say(line) }
}

extension MemoryPressure {
  /// What is done about it.
  fileprivate var words: String {
    switch self {
    case .calm: "all is done as usual again"
    case .shrinking: "caches are kept small"
    case .refusingConnections: "new connections are refused"
    case .refusingRankings: "new connections and rankings are refused"
    }
  }
}
