/// A C array that keeps its memory between uses.
struct GrowingTable<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>?
  private(set) var count = 0
  private var capacity = 0

  init() {}

  deinit { base?.deallocate() }

  mutating func removeAll() { count = 0 }

  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    guard let base else { return }
    (base + count).initialize(to: element)
    count += 1
  }

  private mutating func grow() {
    capacity = max(16, 2 * capacity)
    let grown = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    if let base {
      grown.update(from: base, count: count)
      base.deallocate()
    }
    base = grown
  }
}
