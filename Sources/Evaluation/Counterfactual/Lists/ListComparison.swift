import Kernels

/// Compares a target policy with what a log shows of another, with intervals and without conclusions that the log does
/// not bear.
package struct ListComparison: Sendable {
  /// Weights above count as this; infinite: none is clipped.
  package var clip = Double.infinity
  /// Positions that count, at most.
  package var positions = 10
  /// Resamples of the bootstrap.
  package var resamples = 1_000
  package var seed: UInt64 = 42
  /// The least effective sample size at every position.
  package var leastSamples = 100.0
  /// The largest share of the target's probability, at any position, that may lie where the log cannot say anything.
  package var tolerance = 0.01

  package init() {}

  /// Throws for a log without rows, or a parameter outside its range.
  ///
  /// Intervals are the middle 95 % when lists are drawn again with replacement (Efron and Tibshirani, "An Introduction
  /// to the Bootstrap", 1993, chapter 13), the same lists for all estimates. Threads change no digit.
  /// - Complexity: O(rows · resamples).
  package func run(_ log: LoggedLists, threads: Int) throws(CounterfactualError) -> ListResult {
    guard !log.rows.isEmpty else { throw .empty }
    guard clip > 0 else { throw .badParameter(name: "clip", value: clip, reason: "not above 0") }
    guard positions >= 1 else {
      throw .badParameter(name: "positions", value: Double(positions), reason: "below 1")
    }
    guard resamples >= 1 else {
      throw .badParameter(name: "resamples", value: Double(resamples), reason: "below 1")
    }
    let positions = min(positions, log.positions)
    let whole = log.sums(positions: positions, clip: clip)
    let draws = Parallel(threads: threads).map(0..<resamples) { number in
      log.sums(positions: positions, clip: clip, draws: drawn(log.count, number))
    }
    let lists = Double(log.count)
    let lines = (0..<positions).map { place in
      ListResult.Line(
        ListSupport(whole[place], draws.map { $0[place] }, leastSamples: leastSamples, tolerance: tolerance),
        ListEstimates(whole[place], lists: lists), draws.map { ListEstimates($0[place], lists: lists) })
    }
    let worst = ListSupport(lines.map(\.support))
    let total = ListResult.Line(
      worst, ListEstimates(whole, lists: lists), draws.map { ListEstimates($0, lists: lists) })
    return ListResult(
      lists: log.count, rows: Int(whole.reduce(0) { $0 + $1.rows }), clippedRows: Int(whole.reduce(0) { $0 + $1.cut }),
      total: total, positions: lines)
  }

  /// How often each list is drawn in resample `number`.
  private func drawn(_ lists: Int, _ number: Int) -> [UInt16] {
    var generator = SeededGenerator(seed: seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
    var counts = [UInt16](repeating: 0, count: lists)
    for _ in 0..<lists { counts[generator.below(lists)] &+= 1 }
    return counts
  }
}
