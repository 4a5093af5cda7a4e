import ArgumentParser
import Foundation

/// `apus-load`: how fast a server ranks, how long its callers wait, and what it does when too much comes.
@main
struct ApusLoad: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apus-load",
    abstract: "Loads an Apus server with Rank calls and reports throughput and latency.",
    discussion: """
      Closed loop (the default): each connection keeps --in-flight calls unanswered. Open loop (--rate, --profile): calls \
      arrive when they do whatever the server does, and a call's time and budget count from its arrival, not from when it \
      could be sent, so that a stalled server cannot hide its stall. Requests are drawn before the run.

      Exit codes: 0; 1: it could not run, or, without --fail-if, a call failed; 2: a --fail-if holds.

      EXAMPLES
        One call at a time, candidates from the server's top tweets:
          apus-load
        64 calls in flight:
          apus-load --connections 4 --in-flight 16
        2000 calls a second for half a minute, as a plot too:
          apus-load --connections 8 --rate 2000 --poisson --duration 30 --plot
        What a server can do, then three times as much for a minute:
          apus-load --connections 64 --rate 3x --duration 60
        A step and a ramp:
          apus-load --connections 16 --profile 10s@1000,10s@3000,20s@1000..9000 --plot
        A spike of calls that may be shed beside ones that may not:
          apus-load --connections 64 --profile critical=20s@0.5x --profile sheddable=5s@0.3x,5s@12x,10s@0.3x
        Mostly short lists, some long, some with texts, from four processes:
          apus-load --candidates 50:9,1000:1 --new-text-share 0.1 --classes critical:1,default:8 --connections 8 --processes 4
        Beside connections that misbehave:
          apus-load --rate 500 --connections 4 --slow-readers 20 --tricklers 200 --garbage 20
        Real traffic, recorded by a proxy and replayed twice as fast:
          apus-load --record calls.rec --proxy-listen 127.0.0.1:7500 --duration 600
          apus-load --replay calls.rec --speed 2
        In a build: fail where one of these holds:
          apus-load --rate 500 --fail-if 'p99>20ms' --fail-if 'goodput-share<99.9%'
        Keys from files, a report for programs:
          apus-load --users-from users.txt --tweets-from tweets.txt --json
        Ids of a numbered world, with explanations:
          apus-load --id-range 1-1000000 --seed 7 --explain
      """)

  @OptionGroup(title: "Connections") var connecting: ConnectionOptions
  @OptionGroup(title: "When calls arrive") var pace: PaceOptions
  @OptionGroup(title: "What calls are") var calls: CallOptions
  @OptionGroup(title: "Connections that misbehave") var misbehaving: HostileOptions
  @OptionGroup(title: "The report") var reporting: ReportOptions

  @Flag(help: .hidden)
  var child = false

  func run() throws {
    if child { return try ChildLoop.run() }
    let conditions: [FailCondition]
    let (report, timeBins): (LoadReport, TimeBins)
    do throws(LoadError) {
      conditions = try reporting.conditions()
      if let listen = reporting.proxyListen, let path = reporting.record {
        try RecordingProxy(listen: listen, server: connecting.address, path: path).run(seconds: pace.duration)
        return
      }
      (report, timeBins) = try measure()
    } catch {
      ProgressLine.note("apus-load: \(error)")
      throw ExitCode(1)
    }
    print(reporting.json ? try report.json() : report.table(), terminator: "")
    if reporting.plot && !reporting.json { print(LatencyPlot(timeBins).text(), terminator: "") }
    let broken = conditions.compactMap { $0.failure(of: report) }
    for condition in broken { ProgressLine.note("apus-load: failed: \(condition)") }
    if !broken.isEmpty { throw ExitCode(2) }
    if conditions.isEmpty && report.failed > 0 { throw ExitCode(1) }
  }

  /// Finds the saturation where it is needed, then runs what was asked for; what came of it, and when.
  private func measure() throws(LoadError) -> (LoadReport, TimeBins) {
    let draft = try plan()
    let fleet = try Fleet(processes: connecting.processes)
    var saturation = pace.saturation
    if pace.saturate || (saturation == nil && draft.streams.contains(where: { $0.profile.hasMultiples })) {
      let closed = draft.saturating(seconds: pace.saturateSeconds)
      let tally = try fleet.run(closed).tally
      saturation = Double(tally.classes.reduce(0) { $0 + $1.inBudget }) / closed.durationSeconds
      ProgressLine.note("saturation: \(LoadReport.number(saturation ?? 0)) calls/s")
    }
    let plan = draft.resolved(saturation: saturation)
    let outcome = try fleet.run(plan)
    outcome.notes.forEach { ProgressLine.note($0) }
    let report = LoadReport(plan: plan, processes: connecting.processes, outcome: outcome, saturation: saturation)
    return (report, outcome.tally.timeBins)
  }

  /// What the options say; rates may still be multiples of the saturation.
  func plan() throws(LoadError) -> LoadPlan {
    let streams = try pace.streams()
    let recording = try pace.replay.map { path throws(LoadError) in try Recording(path: path) }
    let connections = connecting.connections ?? min(1000, recording?.connections ?? 1)
    let isOpen = !streams.isEmpty || recording != nil
    guard connections >= connecting.processes else {
      throw .option("--processes \(connecting.processes) is more than --connections \(connections)")
    }
    let hostile = misbehaving.plan()
    guard hostile.connections == 0 || recording == nil else {
      throw .option("connections that misbehave need drawn calls: they do not go with --replay")
    }
    guard reporting.record == nil || connecting.processes == 1 else {
      throw .option("--record needs a single process: --processes \(connecting.processes) would each have a file")
    }
    let inFlight =
      if let given = connecting.inFlight { given } else if isOpen {
        try Preparation.callsInFlight(at: connecting.address)
      } else { 1 }
    // The last call arrives within the time, not at its end.
    let replaySeconds = recording.map { $0.seconds / pace.speed + 0.001 }
    var source = try calls.source()
    source.replayPath = pace.replay
    source.replaySpeed = pace.speed
    return LoadPlan(
      address: connecting.address, connections: connections, inFlight: inFlight,
      threads: max(1, min(connecting.threads, connections / connecting.processes)),
      candidates: try calls.candidatesMix(),
      classes: try calls.classMix(), budgetMillis: try calls.budgetMix(),
      durationSeconds: replaySeconds ?? streams.map(\.profile.seconds).max() ?? pace.duration,
      warmupSeconds: recording == nil ? pace.warmup : 0, streams: streams, isPoisson: pace.poisson,
      explains: calls.explain, source: source, hostile: hostile, recordPath: reporting.record,
      binMillis: reporting.binMillis)
  }
}
