/// What a log says about a target policy.
package struct ListResult: Sendable, Encodable {
  /// An estimate with the middle 95 % of its resamples.
  package struct Interval: Sendable, Equatable, Encodable {
    package let value: Double
    package let low: Double
    package let high: Double

    init(_ value: Double, _ draws: [Double]) {
      let interval = PairedBootstrap.interval(draws)
      self.value = value
      (low, high) = (interval.low, interval.high)
    }
  }

  /// One estimator's answer, and by how much it is above what the lists earned as they were shown.
  package struct Estimate: Sendable, Equatable, Encodable {
    package let reward: Interval
    package let difference: Interval
  }

  /// What three estimators say.
  package struct Estimates: Sendable, Equatable, Encodable {
    package let ips: Estimate
    package let snips: Estimate
    package let doublyRobust: Estimate

    enum CodingKeys: String, CodingKey {
      case ips, snips
      case doublyRobust = "dr"
    }
  }

  /// One position, or all of them; rewards are per list.
  package struct Line: Sendable, Encodable {
    package let support: ListSupport
    /// What was earned as it was shown.
    package let logged: Interval
    /// nil where support is missing: there is nothing to say.
    package let estimates: Estimates?

    init(_ support: ListSupport, _ whole: ListEstimates, _ draws: [ListEstimates]) {
      self.support = support
      logged = Interval(whole.logged, draws.map(\.logged))
      func estimate(_ part: KeyPath<ListEstimates, Double>) -> Estimate {
        Estimate(
          reward: Interval(whole[keyPath: part], draws.map { $0[keyPath: part] }),
          difference: Interval(
            whole[keyPath: part] - whole.logged, draws.map { $0[keyPath: part] - $0.logged }))
      }
      estimates =
        support.isEnough
        ? Estimates(ips: estimate(\.ips), snips: estimate(\.snips), doublyRobust: estimate(\.doublyRobust)) : nil
    }
  }

  /// What may be concluded, from the doubly robust difference over all positions.
  package enum Conclusion: String, Sendable, Encodable {
    case more
    case less
    /// The interval has 0 in it.
    case undecided
    case notEnoughSupport = "not enough support"
  }

  enum CodingKeys: String, CodingKey {
    case lists, rows, total, positions
    case clippedRows = "clipped_rows"
  }

  /// Lists that count, and their items.
  package let lists: Int
  package let rows: Int
  /// Rows whose weight was clipped.
  package let clippedRows: Int
  /// All positions together; its support is the worst of any position.
  package let total: Line
  /// By position.
  package let positions: [Line]

  package var conclusion: Conclusion {
    guard let difference = total.estimates?.doublyRobust.difference else { return .notEnoughSupport }
    return difference.low > 0 ? .more : difference.high < 0 ? .less : .undecided
  }
}
