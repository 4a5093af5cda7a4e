import Glibc
import Ranking

/// How scores become log odds.
public enum CalibrationMethod: String, CaseIterable, Sendable {
  /// A line, in the weights of the blend (``PlattScaling``).
  case platt
  /// That line, and a rising curve behind it (``IsotonicRegression``).
  case isotonic
}

/// Learns a ``ScoreCalibration``: isotonic regression of labels on scores, its steps joined to a curve that rises
/// everywhere, so that no two scores become one.
struct CalibrationLearner {
  /// Steps with fewer rows are joined with their neighbours, and there are no more knots than ``ScoreCalibration/limit``.
  static let leastRows = 50
  /// The least that log odds rise a unit of score.
  static let leastSlope: Float = 1e-3

  /// `scores` are log odds of rows with these labels; without rows of both labels nothing is learned.
  static func learn(scores: [Double], labels: [Bool]) -> ScoreCalibration {
    guard labels.contains(true), labels.contains(false),
      let curve = try? IsotonicRegression(inputs: scores, targets: labels.map { $0 ? 1 : 0 }, outOfBounds: .clip)
    else { return .none }
    let order = scores.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] < scores[$1] }
    let rows = max(leastRows, (order.count + ScoreCalibration.limit - 1) / ScoreCalibration.limit)
    var (knots, odds): ([Float], [Float]) = ([], [])
    for start in stride(from: 0, to: order.count, by: rows) {
      let group = order[start..<min(order.count, start + rows)]
      var (score, chance) = (0.0, 0.0)
      for row in group {
        score += scores[row]
        chance += (try? curve.value(at: scores[row])) ?? 0
      }
      let count = Double(group.count)
      // Half a row of either label: a step without a positive is not sure to have none.
      let share = (chance + 0.5) / (count + 1)
      append(Float(score / count), Float(log(share / (1 - share))), &knots, &odds)
    }
    return knots.count > 1 ? ScoreCalibration(scores: knots, logOdds: odds) : .none
  }

  private static func append(_ score: Float, _ logOdds: Float, _ knots: inout [Float], _ odds: inout [Float]) {
    guard let last = knots.last, let lowest = odds.last else {
      knots.append(score)
      odds.append(logOdds)
      return
    }
    let least = lowest + leastSlope * (score - last)
    // Scores too near to each other for floats to tell apart, or to rise between, are one knot.
    guard score > last, least > lowest else { return }
    knots.append(score)
    odds.append(max(logOdds, least))
  }
}
