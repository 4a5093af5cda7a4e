import Artifact
import Kernels

/// Reads model columns with the checks that make the hot path safe without further ones: shapes agree, floats are
/// finite, ids ascend, row numbers point into their table.
struct ColumnReader {
  private let tensors: TensorSet

  init(_ tensors: TensorSet) { self.tensors = tensors }

  func column<T: TensorElement>(
    _ name: String, of type: T.Type, shape: [Int?]
  ) throws(ModelError) -> UnsafeBufferPointer<T> {
    do throws(ArtifactError) { return try tensors.column(name, of: type, shape: shape) } catch {
      throw .artifact(error)
    }
  }

  func finiteFloats(_ name: String, shape: [Int?]) throws(ModelError) -> UnsafeBufferPointer<Float> {
    try checked(column(name, of: Float.self, shape: shape), name, expected: "a finite number") { $0.isFinite }
  }

  func finiteDoubles(_ name: String, shape: [Int?]) throws(ModelError) -> UnsafeBufferPointer<Double> {
    try checked(column(name, of: Double.self, shape: shape), name, expected: "a finite number") { $0.isFinite }
  }

  /// The column, of which every value is as expected.
  private func checked<T>(
    _ column: UnsafeBufferPointer<T>, _ name: String, expected: @autoclosure () -> String, _ isGood: (T) -> Bool
  ) throws(ModelError) -> UnsafeBufferPointer<T> {
    for piece in LongWork.pieces(of: column.count) {
      for row in piece where !isGood(column[row]) {
        throw .badValue(tensor: name, row: row, value: "\(column[row])", expected: expected())
      }
    }
    return column
  }

  /// A strictly ascending id column; its length is the table's row count, which fits UInt32 with room for `noRow`.
  func ids(_ name: String) throws(ModelError) -> UnsafeBufferPointer<UInt64> {
    let ids = try column(name, of: UInt64.self, shape: [nil])
    guard ids.count < Int(ModelSchema.noRow) else {
      throw .badValue(tensor: name, row: ids.count, value: "\(ids.count) rows", expected: "fewer than 2^32 - 1")
    }
    for piece in LongWork.pieces(of: ids.count - 1) {
      for row in piece where ids[row + 1] <= ids[row] {
        throw .badValue(tensor: name, row: row + 1, value: "\(ids[row + 1])", expected: "more than \(ids[row])")
      }
    }
    return ids
  }

  /// Row numbers into a table of `rows` rows, or `noRow`.
  func rowNumbers(_ name: String, count: Int, rows: Int) throws(ModelError) -> UnsafeBufferPointer<UInt32> {
    try checked(column(name, of: UInt32.self, shape: [count]), name, expected: "less than \(rows), or no row") {
      $0 == ModelSchema.noRow || Int($0) < rows
    }
  }

  /// Floats of magnitude up to `bound`.
  func bounded(_ name: String, shape: [Int?], by bound: Float) throws(ModelError) -> UnsafeBufferPointer<Float> {
    try checked(finiteFloats(name, shape: shape), name, expected: "at most \(bound) in magnitude") { abs($0) <= bound }
  }

  /// Offsets of `rows` lists with `end` entries in all.
  func offsets(_ name: String, rows: Int, end: Int) throws(ModelError) -> UnsafeBufferPointer<UInt64> {
    do throws(ArtifactError) { return try tensors.offsets(name, rows: rows, end: end) } catch { throw .artifact(error) }
  }

  /// `rows` lists of row numbers below `bound`: `name.offsets` and `name.rows`.
  func lists(_ name: String, rows: Int, below bound: Int) throws(ModelError) -> TweetFacts.Lists {
    let entries = "\(name).rows"
    let values = try checked(
      column(entries, of: UInt32.self, shape: [nil]), entries, expected: "less than \(bound)"
    ) { Int($0) < bound }
    return TweetFacts.Lists(offsets: try offsets("\(name).offsets", rows: rows, end: values.count), values: values)
  }

  func strings(_ name: String, count: Int) throws(ModelError) -> StringColumn {
    do throws(ArtifactError) { return try tensors.strings(name, count: count) } catch { throw .artifact(error) }
  }

  /// Whether the file has sparse rows, or a part of them, under this name.
  func hasSparseRows(_ name: String) -> Bool {
    [".offsets", ".terms", ".weights"].contains { tensors.tensor(name + $0) != nil }
  }

  func sparseRows(_ name: String, rows: Int, columns: Int) throws(ModelError) -> SparseColumn {
    do throws(ArtifactError) {
      return try tensors.sparseRows(name, rows: rows, columns: columns)
    } catch { throw .artifact(error) }
  }

  /// The look-up table over an id column, which ``ids(_:)`` has checked to be free of duplicates.
  func index(of ids: UnsafeBufferPointer<UInt64>, name: String) throws(ModelError) -> IDTable {
    try index(of: UnsafeRawPointer(ids.baseAddress), stride: MemoryLayout<UInt64>.stride, count: ids.count, name: name)
  }

  /// The same where ids stand `stride` bytes apart; `start` may be nil where there are none.
  func index(of start: UnsafeRawPointer?, stride: Int, count: Int, name: String) throws(ModelError) -> IDTable {
    guard let index = IDTable(ids: start, stride: stride, count: count) else {
      throw .badValue(tensor: name, row: 0, value: "a duplicate", expected: "distinct ids")
    }
    return index
  }

  /// PageRanks as a prior: ln(rank / smallest rank), so that "no evidence" is 0 and each doubling adds 0.69.
  func priors(of ranks: UnsafeBufferPointer<Double>, name: String) throws(ModelError) -> [Float] {
    guard let smallest = ranks.min() else { return [] }
    guard smallest > 0 else {
      let row = ranks.firstIndex(of: smallest) ?? 0
      throw .badValue(tensor: name, row: row, value: "\(smallest)", expected: "a positive number")
    }
    return LongWork.map(ranks.count) { row in
      let (rank, ratio) = (ranks[row], ranks[row] / smallest)
      // The ratio of a large rank to a tiny one overflows, its logarithm does not.
      return Float(
        ratio.isFinite ? Logarithm.natural(ratio) : Logarithm.natural(rank) - Logarithm.natural(smallest))
    }
  }
}
