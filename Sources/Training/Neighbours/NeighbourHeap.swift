/// The best few of many (similarity, place) pairs in borrowed memory, the worst of them on top. A pair is better by its
/// higher similarity, else by its earlier place: the order of Python's `heapq.nlargest`, where no similarity is NaN.
///
/// Not `TopK` or `LargestFew`: similarities are offered as they are found, and an array of all of them is never made.
struct NeighbourHeap {
  private let similarities: UnsafeMutablePointer<Double>
  private let places: UnsafeMutablePointer<UInt32>
  private let capacity: Int
  /// Pairs kept.
  private(set) var count = 0

  /// Keeps up to `capacity` (at least 1) pairs in memory for as many.
  init(similarities: UnsafeMutablePointer<Double>, places: UnsafeMutablePointer<UInt32>, capacity: Int) {
    self.similarities = similarities
    self.places = places
    self.capacity = capacity
  }

  /// Keeps the pair if it is among the best so far. O(log capacity), O(1) for one that is not.
  @inline(__always)
  mutating func offer(_ similarity: Double, at place: UInt32) {
    if count < capacity {
      similarities[count] = similarity
      places[count] = place
      count &+= 1
      if count == capacity { build() }
    } else if similarity > similarities[0] || (similarity == similarities[0] && place < places[0]) {
      sink(similarity, place, from: 0, count: count)
    }
  }

  /// Puts the pairs in order, best first. Nothing may be offered afterwards. O(count · log count).
  mutating func finish() {
    if count < capacity { build() }
    for last in stride(from: count - 1, to: 0, by: -1) {
      let (similarity, place) = (similarities[last], places[last])
      (similarities[last], places[last]) = (similarities[0], places[0])
      sink(similarity, place, from: 0, count: last)
    }
  }

  private func build() {
    for root in stride(from: count / 2 - 1, through: 0, by: -1) {
      sink(similarities[root], places[root], from: root, count: count)
    }
  }

  /// Puts a pair at `start` or below, so that no pair stands under a better one.
  @inline(__always)
  private func sink(_ similarity: Double, _ place: UInt32, from start: Int, count: Int) {
    var hole = start
    while true {
      var child = 2 &* hole &+ 1
      guard child < count else { break }
      if child &+ 1 < count, isWorse(child &+ 1, similarities[child], places[child]) { child &+= 1 }
      guard isWorse(child, similarity, place) else { break }
      similarities[hole] = similarities[child]
      places[hole] = places[child]
      hole = child
    }
    similarities[hole] = similarity
    places[hole] = place
  }

  @inline(__always)
  private func isWorse(_ index: Int, _ similarity: Double, _ place: UInt32) -> Bool {
    similarities[index] < similarity || (similarities[index] == similarity && places[index] > place)
  }
}
