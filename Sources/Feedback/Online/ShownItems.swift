/// The items that were shown last, by request and tweet, with what learning needs of each; the oldest are forgotten.
///
/// A ring of a fixed number of items: memory is the same however many are shown. Whoever uses it from several threads
/// holds a lock.
struct ShownItems {
  /// What feedback has said of an item so far. It only ever rises, so that the order of events and their number do not
  /// matter.
  enum Outcome: UInt8, Comparable {
    case unknown, negative, positive
    static func < (a: Outcome, b: Outcome) -> Bool { a.rawValue < b.rawValue }
  }

  private let capacity: Int
  private let width: Int
  /// The longest answer that is kept.
  private let longest: Int
  /// [capacity]; 0: empty.
  private var requests: [UInt64]
  private var tweets: [UInt64]
  private var bases: [Float]
  private var outcomes: [Outcome]
  /// Row-major [capacity, width].
  private var values: [Float]
  /// Where the items of a request begin. A request is known by its first item, and forgotten with it.
  private var starts: [UInt64: Int] = [:]
  private var next = 0

  /// Room for so many items, at least those of one answer.
  init(capacity: Int, width: Int, longest: Int) {
    self.capacity = max(capacity, longest)
    (self.width, self.longest) = (width, longest)
    requests = .init(repeating: 0, count: self.capacity)
    tweets = requests
    bases = .init(repeating: 0, count: self.capacity)
    outcomes = .init(repeating: .unknown, count: self.capacity)
    values = .init(repeating: 0, count: self.capacity * width)
    starts.reserveCapacity(self.capacity)
  }

  /// Requests that can be found.
  var count: Int { starts.count }

  /// Keeps the items of one answer in place of the oldest. O(items · width).
  ///
  /// The columns have at least `count` rows, at most those of the longest answer; `z` is row-major [count, width].
  mutating func add(requestID: UInt64, count: Int, tweetIDs: [UInt64], bases: [Float], z: [Float]) {
    precondition(count <= longest && z.count >= count * width)
    guard requestID != 0, count > 0 else { return }
    let first = next
    for item in 0..<count {
      if requests[next] != 0, starts[requests[next]] == next { starts[requests[next]] = nil }
      requests[next] = requestID
      tweets[next] = tweetIDs[item]
      self.bases[next] = bases[item]
      outcomes[next] = .unknown
      for s in 0..<width { values[next * width + s] = z[item * width + s] }
      next = next + 1 == capacity ? 0 : next + 1
    }
    starts[requestID] = first
  }

  /// What an event on an item changes: its outcome before, and what the model said of it; nil where the item is not
  /// known, or where the event tells nothing new. `z` gets the item's signals, [width].
  mutating func note(
    requestID: UInt64, tweetID: UInt64, _ outcome: Outcome, z: inout [Float]
  ) -> (isKnown: Bool, change: (before: Outcome, base: Float)?) {
    guard requestID != 0, let place = place(requestID, tweetID) else { return (false, nil) }
    let before = outcomes[place]
    guard outcome > before else { return (true, nil) }
    outcomes[place] = outcome
    for s in 0..<width { z[s] = values[place * width + s] }
    return (true, (before, bases[place]))
  }

  private func place(_ requestID: UInt64, _ tweetID: UInt64) -> Int? {
    guard var place = starts[requestID] else { return nil }
    for _ in 0..<longest {
      guard requests[place] == requestID else { return nil }
      if tweets[place] == tweetID { return place }
      place = place + 1 == capacity ? 0 : place + 1
    }
    return nil
  }
}
