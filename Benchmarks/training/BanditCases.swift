import Ranking

/// What is learned from rewards.
struct BanditCases {
  private let arms: [Int]
  private let rewards: [Double]
  private let watch: Stopwatch

  init(input: InputFolder, watch: Stopwatch) throws {
    let columns = try input.columns("rewards.tsv", count: 2)
    arms = columns[0].map { Int($0) }
    rewards = columns[1]
    self.watch = watch
  }

  /// One batch of events over a hundred arms, and the bounds of all arms after it.
  func update() throws -> Measurement {
    var bandit = try UpperConfidenceBound(arms: 100, alpha: 1.25)
    try bandit.update(arms: arms, rewards: rewards)
    let times = 200
    var sum = 0.0
    let (seconds, _) = try watch.best {
      for _ in 0..<times {
        try bandit.update(arms: arms, rewards: rewards)
        sum += bandit.expectations[0]
      }
    }
    precondition(sum.isFinite)
    return Measurement(seconds: seconds / Double(times), quality: ["events": Double(arms.count)])
  }
}
