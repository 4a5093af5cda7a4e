/// What some model expects each action to earn in each row of a log: n × K, row after row, finite.
package struct RewardPredictions: Sendable {
  /// Of every action.
  package let values: [Double]
  /// Of the logged action, per row.
  package let taken: [Double]
  /// Of the target policy's own choice, per row: Σ over actions of its probability times the prediction.
  package let expected: [Double]

  /// Checks the predictions against the log that they are about.
  ///
  /// - Complexity: O(n · K).
  package init(_ values: [Double], for log: LoggedFeedback) throws(CounterfactualError) {
    guard values.count == log.target.count else {
      throw .lengthMismatch(name: "predictions", count: values.count, expected: log.target.count)
    }
    var taken: [Double] = []
    var expected: [Double] = []
    for row in 0..<log.count {
      var sum = 0.0
      for place in row * log.actionCount..<(row + 1) * log.actionCount {
        guard values[place].isFinite else { throw .badValue(name: "prediction", value: values[place], row: row) }
        sum += log.target[place] * values[place]
      }
      expected.append(sum)
      taken.append(values[row * log.actionCount + log.actions[row]])
    }
    self.values = values
    self.taken = taken
    self.expected = expected
  }
}
