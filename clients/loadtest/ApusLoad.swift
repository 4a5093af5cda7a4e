import ArgumentParser
import Foundation

/// `apus-load`: how fast a server ranks, and how long its callers wait.
@main
struct ApusLoad: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apus-load",
    abstract: "Loads an Apus server with Rank calls and reports throughput and latency.",
    discussion: """
      Closed loop (the default): each connection keeps --in-flight calls unanswered. Open loop (--rate): calls \
      arrive at a constant rate whatever the server does, and a call's time counts from its arrival, not from when it \
      could be sent, so that a stalled server cannot hide its stall. Requests are drawn before the run. The exit code \
      is 1 if any call failed.

      EXAMPLES
        One call at a time, candidates from the server's top tweets:
          apus-load
        64 calls in flight:
          apus-load --connections 4 --in-flight 16
        2000 calls a second for half a minute:
          apus-load --connections 8 --in-flight 64 --rate 2000 --duration 30
        Keys from files, a report for programs:
          apus-load --users-from users.txt --tweets-from tweets.txt --json
        Ids of a numbered world, with explanations:
          apus-load --id-range 1-1000000 --seed 7 --explain
      """)

  @Option(help: "The server's host:port.")
  var address = "127.0.0.1:7411"

  @Option(help: "Connections.")
  var connections = 1

  @Option(help: "Calls in flight on each connection, at most.")
  var inFlight = 1

  @Option(help: "Threads; connections are dealt to them.")
  var threads = 1

  @Option(help: "Candidates in a call.")
  var candidates = 500

  @Option(help: "Seconds to measure.")
  var duration = 10.0

  @Option(help: "Seconds to run before measuring.")
  var warmup = 1.0

  @Option(help: "Open loop: calls a second over all connections.")
  var rate: Double?

  @Option(help: "Milliseconds that a call may take at the server.")
  var budget: UInt32 = 200

  @Option(help: "A file of user keys, one a line.")
  var usersFrom: String?

  @Option(help: "A file of tweet keys, one a line.")
  var tweetsFrom: String?

  @Option(help: "Draw ids from A-B where no file says otherwise, instead of asking the server for its tweets.")
  var idRange: String?

  @Option(help: "The seed of all drawing.")
  var seed: UInt64 = 42

  @Option(help: "The share of candidates, 0 to 1, that are sent as unknown tweets with their text.")
  var newTextShare = 0.0

  @Flag(help: "Ask for every signal's contribution.")
  var explain = false

  @Flag(help: "Print the report as JSON.")
  var json = false

  func validate() throws {
    try require((1...1000).contains(connections), "--connections \(connections) is not between 1 and 1000")
    try require((1...10_000).contains(inFlight), "--in-flight \(inFlight) is not between 1 and 10000")
    try require((1...256).contains(threads), "--threads \(threads) is not between 1 and 256")
    try require((0...1_000_000).contains(candidates), "--candidates \(candidates) is not between 0 and 1000000")
    try require((0.001...86_400).contains(duration), "--duration \(duration) is not between 0.001 and 86400")
    try require((0...3600).contains(warmup), "--warmup \(warmup) is not between 0 and 3600")
    try require(rate.map { (0.01...10_000_000).contains($0) } ?? true, "--rate is not between 0.01 and 10000000")
    try require((0...1).contains(newTextShare), "--new-text-share \(newTextShare) is not between 0 and 1")
    try require(idRange.map { IDRange($0) != nil } ?? true, "--id-range \(idRange ?? "") is not A-B with A ≤ B")
  }

  func run() throws {
    let plan = LoadPlan(
      address: address, connections: connections, inFlight: inFlight, threads: min(threads, connections),
      candidates: candidates, durationSeconds: duration, warmupSeconds: warmup, rate: rate, budgetMillis: budget,
      explains: explain)
    let report: LoadReport
    do throws(LoadError) {
      let preparation = try Preparation(
        plan: plan, usersPath: usersFrom, tweetsPath: tweetsFrom, range: idRange.flatMap(IDRange.init), seed: seed,
        newTextShare: newTextShare)
      preparation.notes.forEach { ProgressLine.note($0) }
      report = try LoadRun(plan: plan, pool: preparation.pool, server: preparation.server).run()
    } catch {
      ProgressLine.note("apus-load: \(error)")
      throw ExitCode(1)
    }
    print(json ? try report.json() : report.table(), terminator: "")
    if report.failed > 0 { throw ExitCode(1) }
  }

  private func require(_ holds: Bool, _ message: String) throws {
    if !holds { throw ValidationError(message) }
  }
}
