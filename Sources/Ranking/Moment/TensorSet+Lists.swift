import Artifact

extension TensorSet {
  /// Adds lists of row numbers as two tensors: `name.offsets` U64 [lists + 1] and `name.rows` U32.
  package func addLists(_ name: String, offsets: [UInt64], rows: [UInt32]) {
    add("\(name).offsets", shape: [offsets.count], offsets)
    add("\(name).rows", shape: [rows.count], rows)
  }

  /// The same of lists that each have an array of their own.
  func addLists(_ name: String, _ lists: [[UInt32]]) {
    var offsets: [UInt64] = [0]
    for list in lists { offsets.append((offsets.last ?? 0) + UInt64(list.count)) }
    addLists(name, offsets: offsets, rows: lists.flatMap(\.self))
  }
}
