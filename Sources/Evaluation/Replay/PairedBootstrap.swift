import Kernels

/// How sure a mean, and a difference of means, is: impressions are drawn again with replacement, the same ones for all
/// models, and the middle 95 % of what comes out is the interval (Efron and Tibshirani, "An Introduction to the
/// Bootstrap", 1993, chapter 13).
struct PairedBootstrap {
  /// The middle 95 %.
  struct Interval: Equatable {
    let low: Double
    let high: Double
  }

  /// [resamples][impressions]: how often each impression was drawn, packed.
  private let draws: [[UInt16]]

  /// Draws once for all models.
  init(impressions: Int, resamples: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    draws = (0..<resamples).map { _ in
      var counts = [UInt16](repeating: 0, count: impressions)
      for _ in 0..<impressions { counts[generator.below(impressions)] &+= 1 }
      return counts
    }
  }

  /// The mean of `values` in each resample; nil is left out.
  func means(of values: [Double?]) -> [Double] {
    let weights = values.map { $0 == nil ? 0.0 : 1.0 }
    let numbers = values.map { $0 ?? 0 }
    return draws.map { counts in
      var (sum, count) = (0.0, 0.0)
      for index in counts.indices {
        sum += Double(counts[index]) * numbers[index]
        count += Double(counts[index]) * weights[index]
      }
      return count > 0 ? sum / count : 0
    }
  }

  /// The interval that holds the middle 95 % of `means`.
  static func interval(_ means: [Double]) -> Interval {
    let sorted = means.sorted()
    guard !sorted.isEmpty else { return Interval(low: 0, high: 0) }
    func quantile(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))] }
    return Interval(low: quantile(0.025), high: quantile(0.975))
  }
}
