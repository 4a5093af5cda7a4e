/// The last keys, in order of arrival, without repetition.
struct RecentKeys {
  /// Keys of a page of the ring.
  private static let page = 4_096

  private var known = GradualTable<UInt64, Void>()
  /// A ring in pages: from `next` on the oldest, once it is full.
  private var ring: ContiguousArray<ContiguousArray<UInt64>> = []
  private var next = 0
  private let limit: Int

  init(limit: Int) { self.limit = max(1, limit) }

  func contains(_ key: UInt64) -> Bool { known[key] != nil }

  /// Adds a key in place of the oldest; false where it is known.
  @discardableResult
  mutating func insert(_ key: UInt64) -> Bool {
    let isFull = known.count >= limit
    guard known.change(key, default: (), { _ in }) else { return false }
    let (page, place) = (next / Self.page, next % Self.page)
    if isFull {
      known.remove(ring[page][place])
      ring[page][place] = key
    } else {
      if place == 0 { ring.append([]) }
      ring[page].append(key)
    }
    next = next + 1 == limit ? 0 : next + 1
    return true
  }

  /// All, oldest first.
  var inOrder: [UInt64] {
    let all = ring.joined()
    return known.count < limit ? Array(all) : Array(all.dropFirst(next)) + Array(all.prefix(next))
  }
}
