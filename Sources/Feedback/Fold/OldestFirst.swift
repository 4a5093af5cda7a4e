/// Which of many things is the oldest: a binary heap. Adding costs next to nothing where things come in order of time.
struct OldestFirst<Element: Comparable> {
  /// No element is above one of its two children, at 2i + 1 and 2i + 2.
  private var heap: ContiguousArray<Element> = []

  /// Of nothing.
  init() {}

  /// Of all of these, at once.
  init(_ all: some Sequence<Element>) {
    heap = ContiguousArray(all)
    for place in (0..<heap.count / 2).reversed() { sink(place) }
  }

  /// Elements.
  var count: Int { heap.count }

  /// The oldest; nil: there is none.
  var oldest: Element? { heap.first }

  /// Adds one.
  mutating func add(_ one: Element) {
    var place = heap.count
    heap.append(one)
    while place > 0, one < heap[(place - 1) / 2] {
      heap[place] = heap[(place - 1) / 2]
      place = (place - 1) / 2
    }
    heap[place] = one
  }

  /// Takes the oldest out.
  @discardableResult
  mutating func removeOldest() -> Element? {
    guard let last = heap.popLast() else { return nil }
    guard let oldest = heap.first else { return last }
    heap[0] = last
    sink(0)
    return oldest
  }

  /// The oldest has become this.
  mutating func replaceOldest(by new: Element) {
    guard !heap.isEmpty else { return }
    heap[0] = new
    sink(0)
  }

  private mutating func sink(_ start: Int) {
    var place = start
    let one = heap[place]
    while 2 * place + 1 < heap.count {
      var child = 2 * place + 1
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < one else { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = one
  }
}

extension OldestFirst: Sendable where Element: Sendable {}
