import Artifact

/// Lists of ids with times, one per row, in three tensors.
struct TimedLists {
  private let offsets: UnsafeBufferPointer<UInt64>
  private let ids: UnsafeBufferPointer<UInt64>
  private let times: UnsafeBufferPointer<UInt32>

  /// Views into the set; checked, so that no row reaches outside.
  init(_ set: TensorSet, _ name: String, count: Int) throws(ArtifactError) {
    ids = try set.column("\(name).tweet", of: UInt64.self, shape: [nil])
    times = try set.column("\(name).time", of: UInt32.self, shape: [ids.count])
    offsets = try set.offsets("\(name).offsets", rows: count, end: ids.count)
  }

  /// Calls `body` with each entry of a row, in order.
  func forEach(of row: Int, _ body: (TimedID) -> Void) {
    for place in Int(offsets[row])..<Int(offsets[row + 1]) { body(TimedID(time: times[place], id: ids[place])) }
  }
}
