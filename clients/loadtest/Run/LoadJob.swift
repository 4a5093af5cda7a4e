import ApusClient
import Foundation

/// One process's share of a run: prepared first, then run when all are ready.
///
/// Of one thread, which waits in `run` for those that it starts.
final class LoadJob {
  let preparation: Preparation
  private let plan: LoadPlan
  private var dealt: [[LoadConnection]]
  private let crew: HostileCrew?
  private var recorder: RecordingFile?
  private var taps: [RecordingTap] = []

  /// Asks the server what is needed, draws the requests and connects.
  init(plan: LoadPlan) throws(LoadError) {
    self.plan = plan
    Self.raiseDescriptorLimit()
    preparation = try Preparation(plan: plan)
    dealt = Array(repeating: [], count: plan.threads)
    for index in 0..<plan.ownConnections {
      dealt[index % plan.threads].append(try LoadConnection(address: plan.address, limit: plan.inFlight))
    }
    crew = try HostileCrew(plan: plan, source: preparation.source)
    if let path = plan.recordPath {
      let file = try RecordingFile(path: path)
      recorder = file
      for (index, connection) in dealt.joined().enumerated() {
        let tap = RecordingTap(file: file, connection: UInt32(index))
        tap.attach(to: connection.client)
        taps.append(tap)
      }
    }
  }

  /// Runs from `start`, in monotonic nanoseconds, which all processes of a machine share.
  func run(start: Int64) throws(LoadError) -> LoadTally {
    Self.sleepExactly()
    recorder?.begin(at: start)
    let counters = ProgressCounters()
    let timeline = Timeline(plan: plan, start: start)
    let cpuBefore = Clock.processNanos()
    let workers = dealt.enumerated().map { index, connections in
      LoadWorker(
        index: index, plan: plan, timeline: timeline, source: preparation.source, connections: connections,
        counters: counters)
    }
    while Clock.monotonicNanos() < start { usleep(UInt32(clamping: (start - Clock.monotonicNanos()) / 1000)) }
    crew?.start()
    let running = DispatchGroup()
    for worker in workers {
      running.enter()
      Thread {
        worker.run()
        running.leave()
      }.start()
    }
    var progress = ProgressLine(plan: plan, timeline: timeline)
    while running.wait(timeout: .now() + 1) == .timedOut { progress.update(counters.snapshot) }
    progress.clear()
    crew?.stop()

    var tally = LoadTally(measureStart: timeline.measureStart, binMillis: plan.binMillis)
    for worker in workers { tally.add(worker.tally) }
    for hostile in crew?.tallies ?? [] { tally.addHostile(hostile) }
    tally.processorNanos = Clock.processNanos() - cpuBefore
    try recorder?.close()
    return tally
  }

  /// Linux rounds a thread's sleeps up by 50 µs, which an open loop would measure as the server's delay. Threads
  /// inherit their creator's setting. Where it cannot be changed, "send delay" in the report shows it.
  private static func sleepExactly() {
    guard let file = fopen("/proc/self/timerslack_ns", "w") else { return }
    fputs("1", file)
    fclose(file)
  }

  /// As many sockets as the system lets a process have.
  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(resource, &limit)
  }
}
