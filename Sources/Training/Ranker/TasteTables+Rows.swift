import Kernels
import Ranking

extension TasteTables {
  /// The same tastes over other tables of accounts and hashtags.
  ///
  /// - Parameters:
  ///   - people: for each new row the old one, ``ModelSchema/noRow`` for an account of which nothing was learned. All
  ///     old rows occur, in the same order.
  ///   - tags: the same of hashtags.
  func arranged(people: [UInt32], tags: [UInt32]) -> TasteTables {
    var arranged = TasteTables(people: people.count, tags: tags.count)
    var places = [UInt32](repeating: ModelSchema.noRow, count: readers.rowCount)
    for (row, old) in people.enumerated() where old != ModelSchema.noRow { places[Int(old)] = UInt32(row) }
    arranged.readers = Self.arranged(readers, people, places)
    arranged.companions = Self.arranged(companions, people, places)
    arranged.fitOffsets = [0]
    for old in people {
      if old != ModelSchema.noRow {
        let entries = Int(fitOffsets[Int(old)])..<Int(fitOffsets[Int(old) + 1])
        arranged.fitAuthors += fitAuthors[entries].map { places[Int($0)] }
        arranged.fits += fits[entries]
      }
      arranged.fitOffsets.append(UInt64(arranged.fits.count))
    }
    arranged.factors = factors
    arranged.readerFactors = rows(readerFactors, people)
    arranged.authorFactors = rows(authorFactors, people)
    arranged.engagerFactors = rows(engagerFactors, people)
    arranged.tagReaderFactors = rows(tagReaderFactors, people)
    arranged.tagFactors = rows(tagFactors, tags)
    (arranged.engagerFold, arranged.readerFold, arranged.alpha) = (engagerFold, readerFold, alpha)
    // An account without engagements and edges has the least rank that there is.
    let least = authorRanks.min() ?? 0
    arranged.authorRanks = people.map { $0 == ModelSchema.noRow ? least : authorRanks[Int($0)] }
    return arranged
  }

  /// The same tastes, but for what was learned of some accounts as readers.
  func forgetting(_ users: Set<UInt32>) -> TasteTables {
    var left = self
    left.readers = Self.forgetting(users, in: readers)
    left.companions = Self.forgetting(users, in: companions)
    left.fitOffsets = [0]
    (left.fitAuthors, left.fits) = ([], [])
    for user in 0..<fitOffsets.count - 1 {
      if !users.contains(UInt32(user)) {
        let entries = Int(fitOffsets[user])..<Int(fitOffsets[user + 1])
        left.fitAuthors += fitAuthors[entries]
        left.fits += fits[entries]
      }
      left.fitOffsets.append(UInt64(left.fits.count))
    }
    for user in users {
      for k in Int(user) * factors..<(Int(user) + 1) * factors {
        if k < readerFactors.count { left.readerFactors[k] = 0 }
        if k < engagerFactors.count { left.engagerFactors[k] = 0 }
        if k < tagReaderFactors.count { left.tagReaderFactors[k] = 0 }
      }
    }
    return left
  }

  private static func forgetting(_ users: Set<UInt32>, in matrix: SparseRows<Float>) -> SparseRows<Float> {
    let kept = (0..<matrix.rowCount).filter { !users.contains(UInt32($0)) }
    let rows = kept.flatMap { row in matrix.entries(ofRow: row).map { _ in UInt32(row) } }
    let entries = kept.flatMap { matrix.entries(ofRow: $0) }
    return SparseRows(
      rowCount: matrix.rowCount, rows: rows, columns: entries.map { matrix.columns[$0] },
      values: entries.map { matrix.values[$0] })
  }

  private static func arranged(
    _ matrix: SparseRows<Float>, _ rows: [UInt32], _ places: [UInt32]
  ) -> SparseRows<Float> {
    var offsets: [UInt64] = [0]
    var columns: [UInt32] = []
    var values: [Float] = []
    for old in rows {
      if old != ModelSchema.noRow {
        let entries = matrix.entries(ofRow: Int(old))
        columns += matrix.columns[entries].map { places[Int($0)] }
        values += matrix.values[entries]
      }
      offsets.append(UInt64(columns.count))
    }
    return SparseRows(offsets: offsets, columns: columns, values: values)
  }

  /// Rows of factors; zeros where nothing was learned.
  private func rows(_ table: [Float], _ rows: [UInt32]) -> [Float] {
    if table.isEmpty { return [] }
    var arranged = [Float](repeating: 0, count: rows.count * factors)
    for (row, old) in rows.enumerated() where old != ModelSchema.noRow {
      let from = Int(old) * factors
      arranged.replaceSubrange(row * factors..<(row + 1) * factors, with: table[from..<from + factors])
    }
    return arranged
  }
}
