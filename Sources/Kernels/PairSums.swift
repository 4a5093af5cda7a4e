/// Running sums over what one row of a rating table has in common with each other row: the inner loop of every
/// similarity between users or between tweets.
///
/// For the row at hand, whose ratings are a, and every other row, whose ratings are b, the columns that both have rated
/// add to ``lanes`` numbers. The table is zero between rows, and only the rows that were met are cleared, so that a
/// row costs what it shares and not how many rows there are (Gustavson, "Two Fast Algorithms for Sparse Matrices", ACM
/// TOMS 1978). Confined to one thread.
package final class PairSums {
  /// Which sums are kept of each pair.
  package enum Kind: Sendable {
    /// [count, Σab, Σa², Σb²].
    case products
    /// [count, Σ(a − b)², 0, 0].
    case differences
    /// [count, Σab, Σa², Σb², Σa, Σb, 0, 0].
    case moments

    /// Doubles kept of each pair.
    package var lanes: Int { self == .moments ? 8 : 4 }
  }

  /// What is kept.
  package let kind: Kind
  /// Doubles kept of each pair, the distance between two rows in ``table``.
  package let lanes: Int
  /// [rows, lanes]
  package let table: UnsafePointer<Double>
  /// [rows]: the first ``metCount`` are the rows met, in order of first meeting, each once.
  package let met: UnsafePointer<UInt32>
  /// Rows met since the last ``clear()``.
  package private(set) var metCount = 0

  private let blocks: UnsafeMutablePointer<SIMD4<Double>>
  private let list: UnsafeMutablePointer<UInt32>

  /// Sums for a table of `rowCount` rows: (8 · lanes + 4) bytes a row.
  package init(kind: Kind, rowCount: Int) {
    self.kind = kind
    lanes = kind.lanes
    let count = rowCount * kind.lanes / 4
    blocks = .allocate(capacity: max(1, count))
    blocks.initialize(repeating: .zero, count: max(1, count))
    list = .allocate(capacity: max(1, rowCount))
    list.initialize(repeating: 0, count: max(1, rowCount))
    table = UnsafeRawPointer(blocks).assumingMemoryBound(to: Double.self)
    met = UnsafePointer(list)
  }

  deinit {
    blocks.deallocate()
    list.deallocate()
  }

  /// Adds one column: the row at hand rated it `own`, and the row `rows[i]` rated it `values[i]`.
  ///
  /// Rows must be below `rowCount`; they may repeat.
  /// - Complexity: O(count).
  package func add(own: Double, rows: UnsafePointer<UInt32>, values: UnsafePointer<Double>, count: Int) {
    switch kind {
    case .products: addProducts(own, rows, values, count)
    case .differences: addDifferences(own, rows, values, count)
    case .moments: addMoments(own, rows, values, count)
    }
  }

  /// Makes all sums zero again. O(rows met).
  package func clear() {
    let width = lanes / 4
    for index in 0..<metCount {
      let place = Int(list[index]) &* width
      blocks[place] = .zero
      if width == 2 { blocks[place &+ 1] = .zero }
    }
    metCount = 0
  }

  private func addProducts(
    _ own: Double, _ rows: UnsafePointer<UInt32>, _ values: UnsafePointer<Double>, _ count: Int
  ) {
    let square = own * own
    addBlocks(rows, values, count) { SIMD4(1, own * $0, square, $0 * $0) }
  }

  private func addDifferences(
    _ own: Double, _ rows: UnsafePointer<UInt32>, _ values: UnsafePointer<Double>, _ count: Int
  ) {
    addBlocks(rows, values, count) { value in
      let difference = own - value
      return SIMD4(1, difference * difference, 0, 0)
    }
  }

  /// Adds `terms` of each value, one block a row, to the row's sums.
  @inline(__always)
  private func addBlocks(
    _ rows: UnsafePointer<UInt32>, _ values: UnsafePointer<Double>, _ count: Int, terms: (Double) -> SIMD4<Double>
  ) {
    var met = metCount
    for index in 0..<count {
      let row = rows[index]
      let old = blocks[Int(row)]
      if old[0] == 0 {
        list[met] = row
        met &+= 1
      }
      blocks[Int(row)] = old + terms(values[index])
    }
    metCount = met
  }

  private func addMoments(
    _ own: Double, _ rows: UnsafePointer<UInt32>, _ values: UnsafePointer<Double>, _ count: Int
  ) {
    let square = own * own
    var met = metCount
    for index in 0..<count {
      let row = rows[index]
      let value = values[index]
      let place = 2 &* Int(row)
      let old = blocks[place]
      if old[0] == 0 {
        list[met] = row
        met &+= 1
      }
      blocks[place] = old + SIMD4(1, own * value, square, value * value)
      blocks[place &+ 1] += SIMD4(own, value, 0, 0)
    }
    metCount = met
  }
}
