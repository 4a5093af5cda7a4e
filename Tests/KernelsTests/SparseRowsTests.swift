import Testing

@testable import Kernels

@Suite("Sparse rows")
struct SparseRowsTests {
  private struct Entry {
    var row: UInt32
    var column: UInt32
    var value: Int
  }

  private static func random(seed: UInt64, rows: Int, columns: Int) -> [Entry] {
    var generator = SeededGenerator(seed: seed)
    return (0..<generator.below(400)).map { value in
      Entry(row: UInt32(generator.below(rows)), column: UInt32(generator.below(columns)), value: value)
    }
  }

  @Test("entries in any order become rows with ascending columns, equal places in the order given", arguments: 0..<20)
  func sorts(seed: UInt64) {
    let (rowCount, columnCount) = (17, 23)
    let entries = Self.random(seed: seed, rows: rowCount, columns: columnCount)
    let sparse = SparseRows(
      rowCount: rowCount, rows: entries.map(\.row), columns: entries.map(\.column), values: entries.map(\.value))
    // The value is the place in the input, so it makes the expected order unique.
    let expected = entries.sorted { ($0.row, $0.column, $0.value) < ($1.row, $1.column, $1.value) }
    #expect(sparse.rowCount == rowCount)
    #expect(sparse.columns == expected.map(\.column))
    #expect(sparse.values == expected.map(\.value))
    for row in 0..<rowCount {
      #expect(sparse.entries(ofRow: row).count == expected.filter { $0.row == row }.count)
      #expect(sparse.entries(ofRow: row).allSatisfy { expected[$0].row == row })
    }
  }

  @Test("transposing mirrors every entry, and twice gives the same matrix", arguments: 0..<20)
  func transposes(seed: UInt64) {
    let (rowCount, columnCount) = (9, 31)
    let entries = Self.random(seed: seed, rows: rowCount, columns: columnCount)
    let sparse = SparseRows(
      rowCount: rowCount, rows: entries.map(\.row), columns: entries.map(\.column), values: entries.map(\.value))
    let direct = SparseRows(
      rowCount: columnCount, rows: entries.map(\.column), columns: entries.map(\.row), values: entries.map(\.value))
    let mirrored = sparse.transposed(columnCount: columnCount)
    #expect(mirrored == direct)
    #expect(mirrored.transposed(columnCount: rowCount) == sparse)
  }

  @Test("a matrix without rows or without entries is fine")
  func empty() {
    let none = SparseRows<Float>(rowCount: 0, rows: [], columns: [], values: [])
    #expect(none.rowCount == 0 && none.offsets == [0])
    let blank = SparseRows<Float>(rowCount: 3, rows: [], columns: [], values: [])
    #expect(blank.offsets == [0, 0, 0, 0])
    #expect(blank.transposed(columnCount: 2).offsets == [0, 0, 0])
  }
}
