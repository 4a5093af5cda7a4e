extension TrainingReport {
  /// What was learned of engagement types.
  public struct Types: Codable, Sendable, Equatable, CustomStringConvertible {
    /// Ascending.
    public var names: [String]
    /// Examples of each.
    public var examples: [Int]
    /// Whether each is a rejection: scored at 0 or below by the log.
    public var rejections: [Bool]
    /// Mean cross entropy of the newest fifth of the examples by the types' shares alone, in nats.
    public var shareEntropy: Double
    /// The same by the signals.
    public var signalEntropy: Double

    /// nil where there are no types, or only one.
    init?(_ result: TypeLearner.Result) {
      guard !result.types.names.isEmpty else { return nil }
      names = result.types.names
      examples = result.counts
      rejections = result.types.rejections
      (shareEntropy, signalEntropy) = result.entropy
    }

    /// One line for people.
    public var description: String {
      let parts = names.indices.map {
        "\(names[$0]) \(ReportText.count(examples[$0]))\(rejections[$0] ? " (rejection)" : "")"
      }
      let (shares, signals) = (
        ReportText.decimal(shareEntropy, places: 3), ReportText.decimal(signalEntropy, places: 3)
      )
      let judged = signalEntropy < shareEntropy ? "\(signals) nats by the signals" : "the signals tell no more"
      return "\(parts.joined(separator: ", ")); told apart to \(shares) nats by their shares, \(judged)"
    }
  }
}
