/// The choice of the terms that stay when there are more than the vocabulary may hold.
enum VocabularyCut {
  /// The numbers of the `limit` most frequent terms, ties going to the first in byte order; given in byte order.
  /// - Complexity: O(n log n) for n terms.
  static func mostFrequent(_ limit: Int, of table: TermTable, occurrenceCounts: [UInt64]) -> [UInt32] {
    var chosen: [UInt32] = []
    if table.count <= limit {
      chosen = (0..<UInt32(table.count)).map { $0 }
    } else {
      let countAtCut = occurrenceCounts.sorted(by: >)[limit - 1]
      var tied: [UInt32] = []
      for (number, count) in occurrenceCounts.enumerated() where count >= countAtCut {
        if count > countAtCut {
          chosen.append(UInt32(number))
        } else {
          tied.append(UInt32(number))
        }
      }
      chosen += firstInByteOrder(limit - chosen.count, of: tied, in: table)
    }
    return chosen.sorted { table.isBefore(Int($0), Int($1)) }
  }

  /// The first `limit` of the given terms, in byte order.
  ///
  /// Most large collections have millions of terms that occur once. So only twice as many as are wanted are ever sorted,
  /// and whatever stands behind the last of the best so far is passed over with one comparison.
  private static func firstInByteOrder(_ limit: Int, of numbers: [UInt32], in table: TermTable) -> ArraySlice<UInt32> {
    var best: [UInt32] = []
    var last: UInt32?
    for number in numbers {
      if let last, table.isBefore(Int(last), Int(number)) { continue }
      best.append(number)
      if best.count >= 2 * limit {
        best.sort { table.isBefore(Int($0), Int($1)) }
        best.removeSubrange(limit...)
        last = best.last
      }
    }
    best.sort { table.isBefore(Int($0), Int($1)) }
    return best.prefix(limit)
  }
}
