extension RankedGains {
  /// Relevant items among the first `cutoff`.
  private func hits(_ cutoff: Int) -> Int { gains.prefix(cutoff).count { $0 > 0 } }

  /// Relevant items among the first `cutoff` positions, over `cutoff`, even if there are fewer items. In [0, 1].
  package func precision(at cutoff: Int) throws(MetricError) -> Double {
    try Self.check(cutoff: cutoff)
    return Double(hits(cutoff)) / Double(cutoff)
  }

  /// Relevant items among the first `cutoff` positions, over all relevant ones. In [0, 1]; 0 if there are none.
  package func recall(at cutoff: Int) throws(MetricError) -> Double {
    try Self.check(cutoff: cutoff)
    let relevant = relevant
    return relevant > 0 ? Double(hits(cutoff)) / Double(relevant) : 0
  }

  /// Average precision of the first `cutoff` positions: the precision at each relevant one, summed, over the number of
  /// relevant items that could stand there, min(`cutoff`, relevant). In [0, 1]; 0 if none is relevant.
  ///
  /// Its mean over queries is MAP@k.
  package func averagePrecision(at cutoff: Int) throws(MetricError) -> Double {
    try Self.check(cutoff: cutoff)
    let relevant = relevant
    guard relevant > 0 else { return 0 }
    var found = 0.0
    var sum = 0.0
    for (position, gain) in gains.prefix(cutoff).enumerated() where gain > 0 {
      found += 1
      sum += found / Double(position + 1)
    }
    return sum / Double(min(cutoff, relevant))
  }

  /// 1 over the position of the first relevant item; 0 if none is relevant. Its mean over queries is MRR.
  package var reciprocalRank: Double {
    gains.firstIndex { $0 > 0 }.map { 1 / Double($0 + 1) } ?? 0
  }
}
