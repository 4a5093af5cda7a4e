import Testing

@testable import Kernels

@Suite("Reads at scattered rows")
struct GatherTests {
  private static let unknown = UInt32.max

  @Test("dots gives each row's dense dot bit for bit, at every place in the request, and 0 for unknown rows")
  func dots() {
    var generator = SeededGenerator(seed: 11)
    for width in [1, 5, 16, 50, 64, 100] {
      let rowCount = 40
      let table = (0..<(rowCount * width)).map { _ in Float(generator.gaussian()) }
      let vector = (0..<width).map { _ in Float(generator.gaussian()) }
      for count in [0, 1, 3, 6, 7, 50] {
        let rows = (0..<count).map { _ in
          generator.below(5) == 0 ? Self.unknown : UInt32(generator.below(rowCount))
        }
        var got = [Float](repeating: .nan, count: count)
        rows.withUnsafeBufferPointer {
          Gather.dots(table: table, width: width, rows: $0, vector: vector, into: &got)
        }
        let expected = rows.map { row in
          row == Self.unknown
            ? 0 : Dense.dot(Array(table[(Int(row) * width)..<(Int(row) * width + width)]), vector, count: width)
        }
        #expect(got.map(\.bitPattern) == expected.map(\.bitPattern))
      }
    }
  }

  @Test("sparseDots agrees with the dense product of the same row, wherever the row stands in the request")
  func sparseDots() {
    var generator = SeededGenerator(seed: 12)
    let (rowCount, termCount) = (60, 30)
    var dense = [[Float]](repeating: [Float](repeating: 0, count: termCount), count: rowCount)
    var (rows, terms, weights): ([UInt32], [UInt32], [Float]) = ([], [], [])
    for row in 0..<rowCount {
      for term in 0..<termCount where generator.below(rowCount) < row {
        let weight = Float(generator.gaussian())
        dense[row][term] = weight
        rows.append(UInt32(row))
        terms.append(UInt32(term))
        weights.append(weight)
      }
    }
    let sparse = SparseRows(rowCount: rowCount, rows: rows, columns: terms, values: weights)
    let vector = (0..<termCount).map { _ in Float(generator.gaussian()) }
    var bitsOfRow = [UInt32: UInt32]()
    for count in [0, 1, 8, 17, 200] {
      let asked = (0..<count).map { _ in
        generator.below(6) == 0 ? Self.unknown : UInt32(generator.below(rowCount))
      }
      var got = [Float](repeating: .nan, count: count)
      asked.withUnsafeBufferPointer {
        let rows = $0
        Gather.sparseDots(
          count: count, terms: sparse.columns, weights: sparse.values, dense: vector, into: &got
        ) { i in
          if rows[i] == Self.unknown { return (0, 0) }
          let entries = sparse.entries(ofRow: Int(rows[i]))
          return (entries.lowerBound, entries.count)
        }
      }
      for (row, value) in zip(asked, got) {
        if row == Self.unknown {
          #expect(value == 0)
          continue
        }
        let expected = zip(dense[Int(row)], vector).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(abs(Double(value) - expected) < 1e-5)
        #expect(bitsOfRow.updateValue(value.bitPattern, forKey: row) ?? value.bitPattern == value.bitPattern)
      }
    }
  }
}
