/// The last keys, in order of arrival, without repetition.
struct RecentKeys {
  private var known: Set<UInt64> = []
  /// A ring: from `next` on the oldest, once it is full.
  private var ring: ContiguousArray<UInt64> = []
  private var next = 0
  private let limit: Int

  init(limit: Int) { self.limit = max(1, limit) }

  func contains(_ key: UInt64) -> Bool { known.contains(key) }

  /// Adds a key in place of the oldest; false where it is known.
  @discardableResult
  mutating func insert(_ key: UInt64) -> Bool {
    guard known.insert(key).inserted else { return false }
    if ring.count < limit {
      ring.append(key)
    } else {
      known.remove(ring[next])
      ring[next] = key
      next = next + 1 == limit ? 0 : next + 1
    }
    return true
  }

  /// All, oldest first.
  var inOrder: [UInt64] { Array(ring[next...]) + Array(ring[..<next]) }
}
