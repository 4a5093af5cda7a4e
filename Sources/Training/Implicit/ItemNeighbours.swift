import Kernels

/// For each item the items that are most like it, by the products of their weighted rows, as `all_pairs_knn` of
/// `implicit` 0.7 finds them.
package struct ItemNeighbours: Sendable, Equatable {
  /// One item near another.
  package struct Neighbour: Sendable, Equatable {
    package let item: UInt32
    package let similarity: Double
  }

  /// [items] at most K neighbours of each, the item itself among them, best first; equals by smaller number.
  package let lists: [[Neighbour]]

  /// Items that a thread takes at a time.
  private static let chunkSize = 128

  /// Compares all items that share a user.
  ///
  /// Where similarities tie at the last place, the library keeps those that it met first, and it meets last what the
  /// first users brought; so does this.
  ///
  /// - Parameters:
  ///   - count: K, at least 1.
  ///   - parallel: threads to use; the lists do not depend on them.
  /// - Throws: ``ImplicitError`` for values that cannot be weighed.
  /// - Complexity: O(Σ over interactions of the interactions of the same user).
  package init(
    _ interactions: Interactions, weighting: ItemWeighting, count: Int, parallel: Parallel = Parallel(threads: 1)
  ) throws(ImplicitError) {
    guard count >= 1 else { throw .badSetting(name: "count", value: "\(count)", reason: "must be at least 1") }
    let values = try weighting.weights(of: interactions)
    let users = SparseRows(
      offsets: interactions.byUser.offsets, columns: interactions.byUser.columns, values: values)
    let items = users.transposed(columnCount: interactions.itemCount)
    var lists = [[Neighbour]](repeating: [], count: interactions.itemCount)
    lists.withUnsafeMutableBufferPointer { lists in
      parallel.forEachChunk(of: lists.count, size: Self.chunkSize) { _, range in
        var search = Search(itemCount: items.rowCount, count: count)
        for item in range { lists[item] = search.neighbours(of: item, items: items, users: users) }
      }
    }
    self.lists = lists
  }

  /// The sums of one item at a time, and what is best of them.
  private struct Search {
    let count: Int
    private var sums: [Double]
    private var isReached: [Bool]
    private var reached: [UInt32] = []

    init(itemCount: Int, count: Int) {
      self.count = count
      sums = [Double](repeating: 0, count: itemCount)
      isReached = [Bool](repeating: false, count: itemCount)
    }

    mutating func neighbours(of item: Int, items: SparseRows<Double>, users: SparseRows<Double>) -> [Neighbour] {
      for entry in items.entries(ofRow: item) {
        let weight = items.values[entry]
        for other in users.entries(ofRow: Int(items.columns[entry])) {
          let column = Int(users.columns[other])
          sums[column] += users.values[other] * weight
          if !isReached[column] {
            isReached[column] = true
            reached.append(users.columns[other])
          }
        }
      }
      // Ascending by similarity, equals by number: the first is the next to go. No other selection of ours keeps, among
      // equals at the last place, those met first.
      var best: [Neighbour] = []
      while let next = reached.popLast() {
        let found = Neighbour(item: next, similarity: sums[Int(next)])
        sums[Int(next)] = 0
        isReached[Int(next)] = false
        if best.count == count {
          guard found.similarity > best[0].similarity else { continue }
          best.removeFirst()
        }
        best.insert(found, at: Self.place(of: found, in: best))
      }
      return best.sorted { ($1.similarity, $0.item) < ($0.similarity, $1.item) }
    }

    private static func place(of found: Neighbour, in best: [Neighbour]) -> Int {
      best.indices.partitionPoint { (best[$0].similarity, best[$0].item) >= (found.similarity, found.item) }
    }
  }
}
