/// Where a share lies, with 95 % confidence, of which a sample is known (Wilson, "Probable inference, the law of
/// succession, and statistical inference", JASA 1927).
package struct WilsonInterval: Sendable, Equatable {
  /// In [0, 1].
  package let low: Double
  package let high: Double

  /// The quantile of the normal distribution that leaves 2.5 % above it.
  private static let z = 1.959963984540054

  /// `hits` of `count`; nothing is known of an empty sample.
  package init(hits: Int, of count: Int) {
    guard count > 0 else {
      (low, high) = (0, 1)
      return
    }
    let (n, z) = (Double(count), Self.z)
    let share = Double(hits) / n
    let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    low = hits == 0 ? 0 : max(0, middle - half)
    high = hits == count ? 1 : min(1, middle + half)
  }
}
