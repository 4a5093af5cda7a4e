/// Scores, one after the other, that are not less than the k-th largest so far by more than a slack.
struct ReachableFew {
  /// What a score must not be below.
  private(set) var floor: Float = -.greatestFiniteMagnitude
  private let k: Int
  private let slack: Double
  private var scores: [Float] = []
  private var rows: [UInt32] = []
  /// At so many it is looked for the k-th largest.
  private var limit: Int

  /// Nothing yet.
  ///
  /// - Parameters:
  ///   - k: at least 1.
  ///   - slack: not negative.
  init(k: Int, slack: Double) {
    (self.k, self.slack) = (k, slack)
    limit = max(4 * k, 64)
  }

  /// Keeps a score that is not below the floor; whether that has risen.
  mutating func add(_ score: Float, row: UInt32) -> Bool {
    scores.append(score)
    rows.append(row)
    guard scores.count >= limit else { return false }
    let before = floor
    cut()
    limit = max(limit, 2 * scores.count)
    return floor > before
  }

  /// The rows within reach of all scores, in the order in which they came.
  mutating func finish() -> [UInt32] {
    cut()
    return rows
  }

  /// Raises the floor and forgets what is below it. O(scores) on average.
  private mutating func cut() {
    guard scores.count > k, slack < .infinity else { return }
    // Rounding to a Float must not cut off what is just within reach.
    floor = max(-.greatestFiniteMagnitude, Float(Double(Self.largest(k, of: scores)) - slack).nextDown)
    var kept = 0
    for place in scores.indices where !(scores[place] < floor) {
      (scores[kept], rows[kept]) = (scores[place], rows[place])
      kept += 1
    }
    scores.removeLast(scores.count - kept)
    rows.removeLast(rows.count - kept)
  }

  /// The k-th largest of at least k numbers: Hoare's "Find" (CACM 1961).
  private static func largest(_ k: Int, of scores: [Float]) -> Float {
    // As whole numbers in the same order, in which what is not a number has a place, too.
    var keys = scores.map { Int32(bitPattern: $0.bitPattern) }.map { $0 ^ ($0 &>> 31 & .max) }
    keys.withUnsafeMutableBufferPointer { keys in
      var (first, last) = (0, keys.count - 1)
      while first < last {
        let (a, b, c) = (keys[first], keys[(first + last) / 2], keys[last])
        let pivot = max(min(a, b), min(max(a, b), c))
        var (left, right) = (first, last)
        while left <= right {
          while keys[left] > pivot { left += 1 }
          while keys[right] < pivot { right -= 1 }
          guard left <= right else { break }
          keys.swapAt(left, right)
          left += 1
          right -= 1
        }
        if k - 1 <= right {
          last = right
        } else if k - 1 >= left {
          first = left
        } else {
          break
        }
      }
    }
    let key = keys[k - 1]
    return Float(bitPattern: UInt32(bitPattern: key ^ (key &>> 31 & .max)))
  }
}
