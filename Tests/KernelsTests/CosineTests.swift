import ParitySupport
import Testing

@testable import Kernels

@Suite("Cosines")
struct CosineTests {
  private func sparse(_ rows: [[Double]]) -> SparseRows<Double> {
    var entries: (rows: [UInt32], columns: [UInt32], values: [Double]) = ([], [], [])
    for (row, values) in rows.enumerated() {
      for (column, value) in values.enumerated() where value != 0 {
        entries.rows.append(UInt32(row))
        entries.columns.append(UInt32(column))
        entries.values.append(value)
      }
    }
    return SparseRows(rowCount: rows.count, rows: entries.rows, columns: entries.columns, values: entries.values)
  }

  private func sparseCosines(_ rows: [[Double]]) -> [Double] {
    let table = sparse(rows)
    return rows.indices.flatMap {
      Cosine.sparse(query: $0, of: table, to: 0..<rows.count, of: table, columnCount: rows[0].count)
    }
  }

  @Test("dense rows, also zero, tiny and huge, have the reference's cosines", arguments: ParityPack.having("cosine"))
  func dense(pack: ParityPack) throws {
    let rows = try pack.matrix("cosine/rows.csv")
    let expected = try pack.matrix("cosine/similarity.csv").flatMap { $0 }
    let own = Cosine.dense(rows, rows)
    #expect(own.count == expected.count)
    #expect(zip(own, expected).allSatisfy { abs($0 - $1) <= 1e-15 })
    // Cosines with a tiny row are tiny themselves and right to their last digits.
    #expect(zip(own, expected).allSatisfy { abs($1) > 1e-100 || abs($0 - $1) <= 1e-14 * abs($1) })
  }

  @Test("sparse rows have the reference's, which differ for tiny rows", arguments: ParityPack.having("cosine"))
  func sparse(pack: ParityPack) throws {
    let rows = try pack.matrix("cosine/rows.csv")
    let own = sparseCosines(rows)
    if pack.has("cosine/similarity_sparse.csv") {
      let expected = try pack.matrix("cosine/similarity_sparse.csv").flatMap { $0 }
      #expect(own.count == expected.count)
      #expect(zip(own, expected).allSatisfy { abs($0 - $1) <= 1e-15 })
    }
    // Rows that are neither tiny nor zero have the cosines of dense rows.
    let expected = try pack.matrix("cosine/similarity.csv")
    let isPlain = rows.map { row in row.allSatisfy { $0 == 0 || abs($0) > 1e-10 } }
    for first in rows.indices where isPlain[first] {
      for second in rows.indices where isPlain[second] {
        #expect(abs(own[first * rows.count + second] - expected[first][second]) <= 1e-15)
      }
    }
  }

  @Test("random sparse rows have the cosines of the same dense rows, whichever rows are asked for")
  func sparseAgainstDense() {
    var random = SeededGenerator(seed: 17)
    let rows = (0..<40).map { _ in (0..<30).map { _ in random.below(3) == 0 ? random.uniform() - 0.5 : 0 } }
    let table = sparse(rows)
    let dense = Cosine.dense(rows, rows)
    for query in rows.indices {
      let own = Cosine.sparse(query: query, of: table, to: 7..<29, of: table, columnCount: 30)
      #expect(zip(own, 7..<29).allSatisfy { abs($0 - dense[query * 40 + $1]) < 1e-14 })
    }
  }
}
