/// What estimates are made of, summed over rows of one position, each list as often as it was drawn.
struct PositionSums: Sendable, Equatable {
  var rows = 0.0
  var rewards = 0.0
  /// Of importance weights as they are.
  var weights = 0.0
  /// Of clipped ones, their squares, and weighted rewards.
  var clipped = 0.0
  var squares = 0.0
  var weighted = 0.0
  /// Of doubly robust terms: expected + weight · (reward − predicted).
  var corrected = 0.0
  /// Probability that the target gives to what could not have been logged, where the log leaves no doubt.
  var impossible = 0.0
  /// Rows whose weight was clipped.
  var cut = 0.0

  /// (Σw)² / Σw² (Kish); 0 without a weight.
  var effectiveSampleSize: Double { squares > 0 ? clipped * clipped / squares : 0 }
}

/// Estimates of what a policy earns per list.
package struct ListEstimates: Sendable, Equatable {
  /// What the lists earned as they were shown.
  package var logged = 0.0
  /// Horvitz and Thompson's.
  package var ips = 0.0
  /// Self-normalised at each position.
  package var snips = 0.0
  /// Doubly robust.
  package var doublyRobust = 0.0

  init() {}

  /// Of one position: rewards per list of which `lists` were drawn, those too short for the position counting as 0.
  init(_ sums: PositionSums, lists: Double) {
    guard lists > 0 else { return }
    logged = sums.rewards / lists
    ips = sums.weighted / lists
    snips = sums.clipped > 0 ? sums.weighted / sums.clipped * sums.rows / lists : 0
    doublyRobust = sums.corrected / lists
  }

  /// Of several positions.
  init(_ sums: [PositionSums], lists: Double) {
    self.init()
    for estimates in sums.map({ ListEstimates($0, lists: lists) }) {
      logged += estimates.logged
      ips += estimates.ips
      snips += estimates.snips
      doublyRobust += estimates.doublyRobust
    }
  }
}

extension LoggedLists {
  /// Sums by position over the first `positions`; `draws` says how often each list counts, nil: once.
  ///
  /// - Complexity: O(rows).
  func sums(positions: Int, clip: Double, draws: [UInt16]? = nil) -> [PositionSums] {
    var sums = [PositionSums](repeating: PositionSums(), count: positions)
    for (number, row) in rows.enumerated() where row.position <= positions {
      let count = draws.map { Double($0[lists[number]]) } ?? 1
      if count == 0 { continue }
      let weight = row.target / row.propensity
      let clipped = min(weight, clip)
      let place = row.position - 1
      sums[place].rows += count
      sums[place].rewards += count * row.reward
      sums[place].weights += count * weight
      sums[place].clipped += count * clipped
      sums[place].squares += count * clipped * clipped
      sums[place].weighted += count * clipped * row.reward
      sums[place].corrected += count * (row.expected + clipped * (row.reward - row.predicted))
      sums[place].impossible += row.propensity == 1 ? count * (1 - row.target) : 0
      sums[place].cut += weight > clip ? count : 0
    }
    return sums
  }
}
