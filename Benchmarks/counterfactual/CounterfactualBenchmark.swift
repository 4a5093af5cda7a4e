import ArgumentParser
import Evaluation
import Foundation

/// Estimates from a CSV file of logged items, for a comparison with other programs: see README.md.
@main
struct CounterfactualBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "counterfactual-benchmark",
    abstract: "Reads list,position,propensity,target,reward,predicted,expected and prints estimates as JSON.")

  /// What is printed: means per list.
  struct Output: Encodable {
    let result: ListResult
    let seconds: Double
  }

  @Argument(help: "The file; rows of a list follow each other.")
  var path: String

  @Option(help: "Importance weights above this count as this.")
  var clip = Double.infinity

  @Option(help: "Resamples of the bootstrap.")
  var resamples = 1_000

  @Option(help: "Seed of the bootstrap.")
  var seed: UInt64 = 42

  @Option(help: "Threads.")
  var threads = 1

  func run() throws {
    let lists = try Self.read(path)
    var comparison = ListComparison()
    (comparison.clip, comparison.resamples, comparison.seed) = (clip, resamples, seed)
    // Estimates are asked for whatever they are worth.
    (comparison.leastSamples, comparison.tolerance) = (0, 1)
    let start = Date()
    let result = try comparison.run(lists, threads: threads)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    let output = Output(result: result, seconds: Date().timeIntervalSince(start))
    print(String(decoding: try encoder.encode(output), as: UTF8.self))
  }

  private static func read(_ path: String) throws -> LoggedLists {
    var lists = LoggedLists()
    var open: (name: Substring, rows: [LoggedLists.Row])?
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",")
      let numbers = cells.dropFirst().compactMap { Double($0) }
      guard numbers.count == 6, let position = Int(exactly: numbers[0]) else {
        throw ValidationError("not list,position,propensity,target,reward,predicted,expected: \(line)")
      }
      let row = LoggedLists.Row(
        position: position, propensity: numbers[1], target: numbers[2], reward: numbers[3], predicted: numbers[4],
        expected: numbers[5])
      if let name = open?.name, name == cells[0] {
        open?.rows.append(row)
      } else {
        if let open { try lists.append(open.rows) }
        open = (cells[0], [row])
      }
    }
    if let open { try lists.append(open.rows) }
    return lists
  }
}
