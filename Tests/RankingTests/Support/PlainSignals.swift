import Foundation
import Ranking

/// The signals by their definitions, in Double, straight from a fixture's fields.
struct PlainSignals {
  let fixture: ModelFixture

  func value(of signal: Signal, user: UInt64, tweet: UInt64, author: UInt64, caller: Float, text: String?) -> Double {
    let userRow = fixture.userIDs.firstIndex(of: user)
    let tweetRow = fixture.tweetIDs.firstIndex(of: tweet)
    switch signal {
    case .svd:
      return svd(userRow, tweetRow)
    case .profile:
      guard let userRow else { return 0 }
      if let tweetRow { return Self.dot(fixture.userProfiles[userRow], fixture.tweetVectors[tweetRow]) }
      return text.map { Self.dot(fixture.userProfiles[userRow], fixture.vector(of: $0)) } ?? 0
    case .tweetPageRank:
      return prior(tweetRow, fixture.tweetRanks)
    case .authorPageRank:
      guard let tweetRow else {
        return prior(author == 0 ? nil : fixture.userIDs.firstIndex(of: author), fixture.userRanks)
      }
      let row = fixture.authors[tweetRow]
      return prior(row == ModelSchema.noRow ? nil : Int(row), fixture.userRanks)
    case .userNeighbours, .itemNeighbours:
      // The fixture has no lists of neighbours; NeighbourSignalTests looks at models that have.
      return 0
    case .caller:
      return caller.isFinite ? max(-10, min(10, Double(caller))) : 0
    default:
      // Signals of a moment have their own tests.
      return 0
    }
  }

  /// What the score should be, from the values and the fixture's blend.
  func score(of values: [Double]) -> Double {
    values.indices.reduce(0) { sum, s in
      let standardised = (values[s] - Double(fixture.means[s])) / Double(fixture.scales[s])
      let bound = Double(fixture.bounds[s])
      return sum + Double(fixture.weights[s]) * max(-bound, min(bound, standardised))
    }
  }

  private func svd(_ user: Int?, _ tweet: Int?) -> Double {
    var sum = fixture.mean
    if let user { sum += Double(fixture.userBias[user]) }
    if let tweet { sum += Double(fixture.tweetBias[tweet]) }
    if let user, let tweet {
      for (p, q) in zip(fixture.userFactors[user], fixture.tweetFactors[tweet]) { sum += Double(p) * Double(q) }
    }
    return sum
  }

  private func prior(_ row: Int?, _ ranks: [Double]) -> Double {
    guard let row, let smallest = ranks.min() else { return 0 }
    return log(ranks[row]) - log(smallest)
  }

  /// The inner product of two sparse rows.
  static func dot(_ a: ModelFixture.SparseRow, _ b: ModelFixture.SparseRow) -> Double {
    var sum = 0.0
    for x in a {
      for y in b where x.term == y.term { sum += Double(x.weight) * Double(y.weight) }
    }
    return sum
  }
}
