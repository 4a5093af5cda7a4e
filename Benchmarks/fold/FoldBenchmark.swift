import ArgumentParser
import Feedback
import Foundation

/// How many events a server's feedback writer folds in a second, on one core, and how long its longest batches take while
/// the tables grow to their limits and snapshots are written.
@main
struct FoldBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fold-benchmark",
    abstract: "Fold events through the feedback writer: events a second, and how long single batches take.",
    discussion: """
      Examples:
        fold-benchmark
        fold-benchmark --events 1000000 --folder /dev/shm --runs memory
        fold-benchmark --fill 1
      """)

  /// What is measured.
  enum Run: String, CaseIterable {
    /// A log that keeps nothing.
    case memory
    /// The same, and snapshots into the folder.
    case snapshots
    /// The log in the folder.
    case log
    /// Events whose rankings nobody knows.
    case unknown
  }

  @Option(help: "Events of a run.")
  var events = 5_000_000

  @Option(help: "Events of a batch: those that share one append.")
  var batch = 256

  @Option(help: "Where logs and snapshots are written; should be in memory, or it is the disk that is measured.")
  var folder = "/dev/shm"

  @Option(help: ArgumentHelp("Runs, separated by commas.", valueName: "names"))
  var runs = Run.allCases.map(\.rawValue).joined(separator: ",")

  @Option(
    help: ArgumentHelp(
      "Instead: fill the tables of a state whose limits are divided by this, and say how much memory that takes.",
      valueName: "divisor"))
  var fill: Int?

  func validate() throws {
    guard fill.map({ (1...1_024).contains($0) }) ?? true else { throw ValidationError("--fill is 1 to 1024") }
    guard events >= batch, (1...5_000).contains(batch) else {
      throw ValidationError("--batch is 1 to 5000, and --events at least as many")
    }
    for name in runs.split(separator: ",") where Run(rawValue: String(name)) == nil {
      throw ValidationError("--runs \(name) is not one of \(Run.allCases.map(\.rawValue))")
    }
  }

  func run() throws {
    if let fill { return try FullState(divisor: fill).printJSON() }
    print("\(events) events in batches of \(batch); times of whole batches: match, append, fold, publish.\n")
    print("| run | events/s | p50 ms | p99 ms | p99.9 ms | longest ms | at event | longest by the clock ms |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name in runs.split(separator: ",") {
      guard let run = Run(rawValue: String(name)) else { continue }
      print(try measure(run).row(run.rawValue))
    }
  }

  private func measure(_ run: Run) throws -> BatchTimes {
    let state = "\(folder)/apus-fold-\(UUID())"
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: state) }
    var options = FeedbackOptions()
    options.snapshotPath = run == .snapshots ? state + "/snapshot" : nil
    options.servedBytes = 64 << 20
    let log: any FeedbackLog = run == .log ? try LocalLog(folder: state) : ForgetfulLog()
    let service = try FeedbackService(log: log, options: options)
    let traffic = Traffic(namesKnownRankings: run != .unknown)
    let stream = BatchStream(service, traffic, batches: events / batch, size: batch)
    let times = stream.run()
    service.close()
    return times
  }
}
