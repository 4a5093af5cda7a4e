import ArgumentParser
import Foundation
import Ranking

/// What each bandit policy earns on simulated traffic, through the code that serves, and what it costs.
@main
struct BanditBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bandit-benchmark",
    abstract: "Rank simulated traffic with each bandit policy: share of the best possible reward, and cost.",
    discussion: """
      Examples:
        bandit-benchmark
        bandit-benchmark --calls 5000 --seeds 2 --worlds ageing
        bandit-benchmark --costs-only --policies prior-ucb --rounds 1      (short enough for valgrind)
      """)

  @Option(help: "Calls of a run.")
  var calls = 20_000

  @Option(help: "Runs of each policy in each world.")
  var seeds = 5

  @Option(help: ArgumentHelp("Worlds, separated by commas.", valueName: "names"))
  var worlds = World.Kind.allCases.map(\.rawValue).joined(separator: ",")

  @Flag(help: "Only what policies cost.")
  var costsOnly = false

  @Option(help: ArgumentHelp("Only policies whose names begin so.", valueName: "name"))
  var policies = ""

  @Option(help: "How often a cost is measured; the least counts.")
  var rounds = 9

  func validate() throws {
    guard calls >= 1, seeds >= 1, rounds >= 1 else {
      throw ValidationError("--calls, --seeds and --rounds are at least 1")
    }
    for name in worlds.split(separator: ",") where World.Kind(rawValue: String(name)) == nil {
      throw ValidationError("--worlds \(name) is not one of \(World.Kind.allCases.map(\.rawValue))")
    }
  }

  /// The policies compared, and what they are told.
  private static let allPolicies: [(name: String, policy: BanditPolicy, knows: Traffic.Knowledge)] = [
    ("off (the ranker alone)", BanditPolicy(.off, epsilon: 0), .trials),
    ("sums alone, no ranker", BanditPolicy(.epsilonGreedy(RewardTerm(worth: .sum))), .feedback),
    ("epsilon-greedy, sums", BanditPolicy(.epsilonGreedy(RewardTerm(worth: .sum))), .trials),
    ("epsilon-greedy, means", BanditPolicy(.epsilonGreedy(RewardTerm())), .trials),
    ("ucb", BanditPolicy(.ucb(BoundTerm())), .trials),
    ("thompson, trials only", BanditPolicy(.thompson(PosteriorDraw())), .trials),
    ("thompson", BanditPolicy(.thompson(PosteriorDraw())), .expected),
    ("linucb, trials only", BanditPolicy(.linUCB(ContextualTerm())), .trials),
    ("linucb", BanditPolicy(.linUCB(ContextualTerm())), .expected),
    ("prior-ucb, trials only", BanditPolicy(), .trials),
    ("prior-ucb", BanditPolicy(), .expected),
  ]

  private var chosen: [(name: String, policy: BanditPolicy, knows: Traffic.Knowledge)] {
    Self.allPolicies.filter { $0.name.hasPrefix(policies) }
  }

  func run() throws {
    if !costsOnly { try printShares() }
    try printCosts()
  }

  private func printShares() throws {
    let desk = try Desk(capacity: Traffic.candidates)
    let kinds = worlds.split(separator: ",").compactMap { World.Kind(rawValue: String($0)) }
    print("Share of the best possible reward, mean ± standard deviation of \(seeds) seeds, \(calls) calls:\n")
    print("| policy | " + kinds.map(\.rawValue).joined(separator: " | ") + " |")
    print("|---|" + kinds.map { _ in "---:|" }.joined())
    func row(_ name: String, _ share: (Traffic) -> Double) {
      let cells = kinds.map { kind in
        let shares = (0..<UInt64(seeds)).map { seed in
          share(Traffic(world: World(kind, calls: calls, seed: seed), calls: calls, seed: 1_000 + seed))
        }
        let mean = shares.reduce(0, +) / Double(seeds)
        let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, seeds - 1))
        return String(format: "%.3f ± %.3f", mean, variance.squareRoot())
      }
      print("| \(name) | " + cells.joined(separator: " | ") + " |")
    }
    row("any five") { $0.randomShare() }
    for (name, policy, knows) in chosen {
      row(name) { $0.share(of: policy, knows: knows, desk: desk) }
    }
  }

  private func printCosts() throws {
    let cost = try Cost(rounds: rounds)
    print("\nNanoseconds a candidate (500 candidates, 50 shown), by the share of candidates with feedback; last,")
    print("without the order, where all have it and are looked up among a million arms, which no cache holds:\n")
    print("| policy | none | 10 % | all | looked up |")
    print("|---|---:|---:|---:|---:|")
    for (name, policy, knows) in chosen where knows == costs(of: policy) {
      let cells = [0, 0.1, 1].map { cost.nanoseconds(of: policy, feedback: $0) } + [cost.coldNanoseconds(of: policy)]
      print("| \(name) | " + cells.map { String(format: "%.1f", $0) }.joined(separator: " | ") + " |")
    }
  }

  /// What a policy is told where its costs are measured: all that it can use.
  private func costs(of policy: BanditPolicy) -> Traffic.Knowledge {
    switch policy.rule {
    case .off, .epsilonGreedy, .ucb: .trials
    case .priorUCB, .thompson, .linUCB: .expected
    }
  }
}
