import Foundation

/// A whole run: connections, threads, progress, and the report.
struct LoadRun {
  let plan: LoadPlan
  let pool: RequestPool
  /// The server in words.
  let server: String

  func run() throws(LoadError) -> LoadReport {
    var dealt: [[LoadConnection]] = Array(repeating: [], count: plan.threads)
    for index in 0..<plan.connections {
      dealt[index % plan.threads].append(try LoadConnection(address: plan.address, limit: plan.inFlight))
    }
    Self.sleepExactly()
    let counters = ProgressCounters()
    let timeline = Timeline(plan: plan, start: Clock.monotonicNanos())
    let cpuBefore = Clock.processNanos()
    let workers = dealt.enumerated().map { index, connections in
      LoadWorker(
        index: index, plan: plan, timeline: timeline, pool: pool, connections: connections, counters: counters)
    }
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

    let elapsed = Double(Clock.monotonicNanos() - timeline.start) / 1e9
    var tally = LoadTally()
    for worker in workers { tally.add(worker.tally) }
    return LoadReport(
      plan: plan, server: server, tally: tally,
      clientCores: Double(Clock.processNanos() - cpuBefore) / 1e9 / max(elapsed, 1e-9))
  }

  /// Linux rounds a thread's sleeps up by 50 µs, which an open loop would measure as the server's delay. Threads
  /// inherit their creator's setting. Where it cannot be changed, "send delay" in the report shows it.
  private static func sleepExactly() {
    guard let file = fopen("/proc/self/timerslack_ns", "w") else { return }
    fputs("1", file)
    fclose(file)
  }
}
