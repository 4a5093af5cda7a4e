import Artifact
import Kernels

/// A rising curve from the blend's log odds to better ones, where a straight line (Platt) is not enough: straight
/// between knots, and of slope 1 beyond the first and the last.
///
/// It never changes an order. No knots: the scores stay as they are.
package struct ScoreCalibration: Sendable, Equatable {
  /// Scores stay as they are.
  package static let none = ScoreCalibration(scores: [], logOdds: [])

  /// Knots at most.
  package static let limit = 64

  /// [C] strictly ascending.
  package let scores: [Float]
  /// [C] strictly ascending.
  package let logOdds: [Float]

  /// Knots; both columns strictly ascending.
  package init(scores: [Float], logOdds: [Float]) {
    self.scores = scores
    self.logOdds = logOdds
  }

  /// What a score becomes. O(log knots).
  package func logOdds(of score: Float) -> Float {
    guard let first = scores.first, let last = scores.last else { return score }
    if score <= first { return logOdds[0] + (score - first) }
    if score >= last { return logOdds[logOdds.count - 1] + (score - last) }
    let high = (1..<scores.count - 1).partitionPoint { scores[$0] > score }
    let low = high - 1
    let slope = (logOdds[high] - logOdds[low]) / (scores[high] - scores[low])
    return logOdds[low] + slope * (score - scores[low])
  }

  /// Adds to each candidate's score what the curve changes. O(candidates · log knots).
  func adjust(_ scratch: RankScratch) {
    let (terms, values) = (scratch.terms(of: .calibration), scratch.values(of: .calibration))
    for i in 0..<scratch.count {
      values[i] = scratch.scores[i]
      terms[i] = logOdds(of: scratch.scores[i]) - scratch.scores[i]
      scratch.scores[i] += terms[i]
    }
  }

  /// Writes the knots; nothing where there are none.
  package func add(to tensors: TensorSet) {
    guard !scores.isEmpty else { return }
    tensors.add(MomentSchema.calibrationScore, shape: [scores.count], scores)
    tensors.add(MomentSchema.calibrationLogOdds, shape: [logOdds.count], logOdds)
  }

  /// Reads and checks what a model may lack.
  init(from reader: ColumnReader, tensors: TensorSet) throws(ModelError) {
    guard tensors.tensor(MomentSchema.calibrationScore) != nil else {
      self = .none
      return
    }
    let bound = Blend.largestContribution
    let scores = try reader.bounded(MomentSchema.calibrationScore, shape: [nil], by: bound)
    let logOdds = try reader.bounded(MomentSchema.calibrationLogOdds, shape: [scores.count], by: bound)
    guard (1...Self.limit).contains(scores.count) else {
      throw .badValue(
        tensor: MomentSchema.calibrationScore, row: 0, value: "\(scores.count) knots", expected: "1 to \(Self.limit)")
    }
    for (name, column) in [(MomentSchema.calibrationScore, scores), (MomentSchema.calibrationLogOdds, logOdds)] {
      for row in column.indices.dropFirst() where column[row] <= column[row - 1] {
        throw .badValue(
          tensor: name, row: row, value: "\(column[row])", expected: "more than \(column[row - 1])")
      }
    }
    self.init(scores: Array(scores), logOdds: Array(logOdds))
  }
}
