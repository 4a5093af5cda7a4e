import CIntrinsics

/// Of many scores that are known nearly, for sixteen askers side by side: which could be among the best few of each?
public enum ReachableLanes {
  /// For each lane the rows of all scores that are not less than its `k`-th largest by more than its slack, ascending.
  ///
  /// If every score is off by at most `slack` / 2, the best `k` by the true scores are among these, all ties included:
  /// `k` true scores are at least the `k`-th largest score less `slack` / 2, so a true score among the best `k` is not
  /// below that, and the score that stands for it not by another `slack` / 2.
  ///
  /// All lanes of a row are compared at once with what each lane must reach by then, which few do. What does is kept
  /// until there is so much of it that it pays to look for the k-th largest again.
  ///
  /// - Parameters:
  ///   - scores: [count, ``LaneVectors/lanes``], at a multiple of 16 bytes; −infinity is never chosen; with an infinite
  ///     slack NaN, of which nothing is known, always is.
  ///   - k: at least 1.
  ///   - slacks: one a lane, from the first; not negative.
  /// - Complexity: O(count · lanes + lanes · k · log(count / k)) for an order by chance.
  public static func rows(_ scores: UnsafePointer<Float>, count: Int, k: Int, slacks: [Double]) -> [[UInt32]] {
    precondition(k >= 1 && slacks.count <= LaneVectors.lanes, "the best \(k) of \(slacks.count) lanes")
    var lists = slacks.map { ReachableFew(k: k, slack: $0) }
    // Lanes that nobody asks for are above everything.
    var floors = [SIMD4<Float>](repeating: .init(repeating: .infinity), count: LaneVectors.lanes / 4)
    for lane in slacks.indices { floors[lane / 4][lane % 4] = lists[lane].floor }
    let asked = UInt32(truncatingIfNeeded: (1 << slacks.count) - 1)
    lists.withUnsafeMutableBufferPointer { lists in
      floors.withUnsafeMutableBytes { floors in
        guard let floors = floors.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
        for row in 0..<count {
          let values = scores + LaneVectors.lanes &* row
          var reached = apus_not_below(values, floors) & asked
          while reached != 0 {
            let lane = reached.trailingZeroBitCount
            reached &= reached &- 1
            if lists[lane].add(values[lane], row: UInt32(truncatingIfNeeded: row)) { floors[lane] = lists[lane].floor }
          }
        }
      }
    }
    return lists.indices.map { lists[$0].finish() }
  }
}
