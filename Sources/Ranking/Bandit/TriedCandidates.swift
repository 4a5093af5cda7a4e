/// The candidates of one call that have feedback, gathered side by side: what a rule computes, it computes of these.
///
/// Most tweets have none: they cost one comparison each, and their term is exactly 0, so that the ranker's own order
/// stays where feedback says nothing. A bonus that is the same for all of them is left out, and subtracted from that
/// of the others instead: the order is the same.
struct TriedCandidates {
  /// How many there are.
  let count: Int
  /// Trials of all candidates together, and 1: what the bonuses' logarithm is of.
  let total: Double
  /// Which candidates they are. [count]
  let places: UnsafeMutablePointer<UInt32>
  /// Trials of each, at least 1. [count]
  let trials: UnsafeMutablePointer<Float>
  /// Reward sum of each, finite. [count]
  let rewards: UnsafeMutablePointer<Float>
  /// Engagements that the ranker expected of those trials; 0: not known. [count]
  let expected: UnsafeMutablePointer<Float>
  /// What a rule adds to each one's score. [count]
  let terms: UnsafeMutablePointer<Float>
  /// Room for a rule's intermediate values. [count] each
  let spare: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)

  /// Gathers them, clears the step's terms, and writes its values: mean rewards, 0 without feedback.
  init(_ scratch: RankScratch) {
    // Free until the order is made.
    places = scratch.order
    (trials, rewards) = (scratch.bandit.column(0), scratch.bandit.column(1))
    terms = scratch.bandit.column(2)
    expected = scratch.bandit.column(5)
    spare = (scratch.bandit.column(3), scratch.bandit.column(4))
    let values = scratch.values(of: .bandit)
    scratch.terms(of: .bandit).update(repeating: 0, count: scratch.count)
    values.update(repeating: 0, count: scratch.count)
    var found = 0
    var sum: UInt64 = 1
    for i in 0..<scratch.count {
      places[found] = UInt32(truncatingIfNeeded: i)
      sum &+= UInt64(scratch.armTrials[i])
      found &+= scratch.armTrials[i] > 0 && scratch.armRewards[i].isFinite ? 1 : 0
    }
    (count, total) = (found, Double(sum))
    // Where all have been tried, their columns are taken as they stand.
    if found == scratch.count {
      for i in 0..<found { trials[i] = Float(scratch.armTrials[i]) }
      rewards.update(from: scratch.armRewards, count: found)
      expected.update(from: scratch.armExpected, count: found)
      for i in 0..<found { values[i] = rewards[i] / trials[i] }
      return
    }
    for j in 0..<found {
      let i = Int(places[j])
      trials[j] = Float(scratch.armTrials[i])
      rewards[j] = scratch.armRewards[i]
      expected[j] = scratch.armExpected[i]
      values[i] = rewards[j] / trials[j]
    }
  }

  /// √(ln(1 + trials of all)): what bonuses grow with.
  var spread: Float { Float(Logarithm.natural(total).squareRoot()) }

  /// Adds the terms to the scores, and keeps them for explanations; held within what a signal may contribute.
  func addTerms(to scratch: RankScratch) {
    let column = scratch.terms(of: .bandit)
    let bound = Blend.largestContribution
    for j in 0..<count {
      let i = Int(places[j])
      let term = min(bound, max(-bound, terms[j]))
      column[i] = term
      scratch.scores[i] += term
    }
  }
}
