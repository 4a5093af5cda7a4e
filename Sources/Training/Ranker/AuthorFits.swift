import Kernels
import Ranking

/// Collects how authors fit one account, then the next. Confined to one thread.
struct AuthorFits {
  struct Entry {
    var author: UInt32
    var fit: TasteTables.AuthorFit
  }

  /// What a sum says of an author; numbers of lanes.
  enum Lane: Int { case readers, companions, overlap, walk }

  private static let lanes = 4
  /// [people, lanes]
  private var sums: [Float]
  private var met: [UInt32] = []
  private var isMet: [Bool]

  init(people: Int) {
    sums = .init(repeating: 0, count: Self.lanes * people)
    isMet = .init(repeating: false, count: people)
  }

  mutating func add(_ author: UInt32, _ value: Float, to lane: Lane) {
    let row = Int(author)
    if !isMet[row] {
      isMet[row] = true
      met.append(author)
    }
    sums[Self.lanes * row + lane.rawValue] += value
  }

  /// Adds, for each entry (x, w) of `weights[row]`, w · `table[x]`.
  mutating func add(_ table: SparseRows<Float>, of weights: SparseRows<Float>, row: Int, to lane: Lane) {
    for entry in weights.entries(ofRow: row) {
      let weight = weights.values[entry]
      for column in table.entries(ofRow: Int(weights.columns[entry])) {
        add(table.columns[column], weight * table.values[column], to: lane)
      }
    }
  }

  private func fit(of author: UInt32) -> TasteTables.AuthorFit {
    let place = Self.lanes * Int(author)
    var fit = TasteTables.AuthorFit()
    fit.readers = sums[place + Lane.readers.rawValue]
    fit.companions = sums[place + Lane.companions.rawValue]
    fit.overlap = sums[place + Lane.overlap.rawValue]
    fit.walk = sums[place + Lane.walk.rawValue]
    return fit
  }

  /// The authors with the most of anything (each field over its largest), ascending by row; begins anew.
  mutating func drain(limit: Int) -> [Entry] {
    var entries = met.map { Entry(author: $0, fit: fit(of: $0)) }
    for author in met {
      for lane in 0..<Self.lanes { sums[Self.lanes * Int(author) + lane] = 0 }
      isMet[Int(author)] = false
    }
    met.removeAll(keepingCapacity: true)
    if entries.count > limit {
      var largest = TasteTables.AuthorFit()
      for entry in entries {
        largest.readers = max(largest.readers, entry.fit.readers)
        largest.companions = max(largest.companions, entry.fit.companions)
        largest.overlap = max(largest.overlap, entry.fit.overlap)
        largest.walk = max(largest.walk, entry.fit.walk)
      }
      func share(_ value: Float, _ whole: Float) -> Float { whole > 0 ? value / whole : 0 }
      func weight(_ fit: TasteTables.AuthorFit) -> Float {
        share(fit.readers, largest.readers) + share(fit.companions, largest.companions)
          + share(fit.overlap, largest.overlap) + share(fit.walk, largest.walk)
      }
      let weights = entries.map { weight($0.fit) }
      let order = entries.indices.sorted { weights[$0] == weights[$1] ? $0 < $1 : weights[$0] > weights[$1] }
      entries = order.prefix(limit).map { entries[$0] }
    }
    entries.sort { $0.author < $1.author }
    return entries
  }
}
