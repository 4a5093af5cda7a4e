/// The indices of a column, put together by group; within a group they ascend.
struct GroupedIndices {
  /// Group g has the indices `offsets[g]..<offsets[g + 1]`.
  private(set) var offsets: [Int]
  /// All indices, group after group.
  private(set) var indices: [UInt32]

  /// Groups `0..<groups.count` by the group each names, which must be below `groupCount`.
  ///
  /// - Complexity: O(groups.count + groupCount).
  init(_ groups: [UInt32], groupCount: Int) {
    offsets = [Int](repeating: 0, count: groupCount + 1)
    for group in groups { offsets[Int(group) + 1] += 1 }
    for group in 0..<groupCount { offsets[group + 1] += offsets[group] }
    indices = [UInt32](repeating: 0, count: groups.count)
    var next = offsets
    for (index, group) in groups.enumerated() {
      indices[next[Int(group)]] = UInt32(index)
      next[Int(group)] += 1
    }
  }

  subscript(group: Int) -> ArraySlice<UInt32> { indices[offsets[group]..<offsets[group + 1]] }
}
