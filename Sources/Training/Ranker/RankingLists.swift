/// Lists to learn an order from: rows of signals, one list after the other.
struct RankingLists {
  /// Signals in a row.
  let width: Int
  /// [rows, width], row-major; NaN: missing.
  private(set) var values: [Float] = []
  /// [rows]
  private(set) var labels: [Bool] = []
  /// [lists + 1]
  private(set) var offsets: [Int] = [0]

  init(width: Int) { self.width = width }

  var count: Int { offsets.count - 1 }
  var rows: Int { labels.count }

  mutating func append(labels: [Bool], value: (_ row: Int, _ signal: Int) -> Float) {
    for row in labels.indices {
      for signal in 0..<width { values.append(value(row, signal)) }
    }
    self.labels += labels
    offsets.append(self.labels.count)
  }

  mutating func append(_ other: RankingLists) {
    let base = rows
    values += other.values
    labels += other.labels
    offsets += other.offsets.dropFirst().map { $0 + base }
  }
}
