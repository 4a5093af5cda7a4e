/// What a set of arms has earned so far: trials and reward sums in flat columns, one place an arm.
package struct ArmStatistics: Sendable, Equatable {
  /// How often each arm was chosen; whole numbers, exact up to 2^53.
  package private(set) var trials: [Double]
  /// Sum of the rewards of each arm.
  package private(set) var rewards: [Double]
  /// Trials of all arms together.
  package private(set) var total = 0.0

  /// Arms without a trial; throws if there is none.
  package init(arms: Int) throws(BanditError) {
    guard arms > 0 else { throw .noArms(count: arms) }
    trials = [Double](repeating: 0, count: arms)
    rewards = [Double](repeating: 0, count: arms)
  }

  /// Number of arms.
  package var count: Int { trials.count }

  /// The mean reward of an arm; 0 where it was never tried, as in MABWiser.
  package func mean(_ arm: Int) -> Double { trials[arm] > 0 ? rewards[arm] / trials[arm] : 0 }

  /// Learns from one choice and its reward.
  package mutating func update(arm: Int, reward: Double) throws(BanditError) {
    try Self.check(arm: arm, arms: count, row: 0)
    try BanditError.check(reward: reward, row: 0)
    trials[arm] += 1
    rewards[arm] += reward
    total += 1
  }

  /// Learns from a batch, row by row; after an error nothing of the batch has been learned.
  ///
  /// - Complexity: O(rows).
  package mutating func update(arms: [Int], rewards batch: [Double]) throws(BanditError) {
    guard arms.count == batch.count else {
      throw .lengthMismatch(name: "rewards", count: batch.count, expected: arms.count)
    }
    try check(arms, batch)
    trials.withUnsafeMutableBufferPointer { trials in
      rewards.withUnsafeMutableBufferPointer { rewards in
        for row in arms.indices {
          trials[arms[row]] += 1
          rewards[arms[row]] += batch[row]
        }
      }
    }
    total += Double(arms.count)
  }

  /// Throws for the first row whose arm or reward is none. One pass without a branch per row, a second only to find it.
  private func check(_ arms: [Int], _ batch: [Double]) throws(BanditError) {
    let count = UInt(count)
    var bad = 0
    for row in arms.indices {
      bad |= UInt(bitPattern: arms[row]) < count ? 0 : 1
      bad |= batch[row].magnitude <= BanditError.greatest ? 0 : 1
    }
    guard bad != 0 else { return }
    for row in arms.indices {
      try Self.check(arm: arms[row], arms: self.count, row: row)
      try BanditError.check(reward: batch[row], row: row)
    }
  }

  /// Throws unless `arm` is one of `arms` arms.
  static func check(arm: Int, arms: Int, row: Int) throws(BanditError) {
    guard arm >= 0, arm < arms else { throw .armOutOfRange(arm: arm, arms: arms, row: row) }
  }
}
