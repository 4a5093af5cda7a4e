/// A heap of candidate indices in borrowed memory; no place holds a better candidate than the places below it, so the
/// worst is on top.
struct CandidateHeap {
  let scores: UnsafeBufferPointer<Float>
  let keys: UnsafeBufferPointer<UInt64>
  let places: UnsafeMutablePointer<UInt32>

  /// Makes the first `count` places a heap.
  func build(count: Int) {
    for root in stride(from: count / 2 - 1, through: 0, by: -1) {
      sink(from: root, count: count)
    }
  }

  /// Puts the candidate in the place of the worst, if it is better than that.
  @inline(__always)
  func replaceWorst(ifBetter candidate: UInt32, count: Int) {
    if isBetter(candidate, than: places[0]) {
      places[0] = candidate
      sink(from: 0, count: count)
    }
  }

  /// Turns the heap into a list, best first: the worst leaves first and takes the last place.
  func unfold(count: Int) {
    for last in stride(from: count - 1, to: 0, by: -1) {
      (places[0], places[last]) = (places[last], places[0])
      sink(from: 0, count: last)
    }
  }

  /// Higher score, else smaller key, else smaller index.
  @inline(__always)
  func isBetter(_ a: UInt32, than b: UInt32) -> Bool {
    let scoreA = scores[Int(a)]
    let scoreB = scores[Int(b)]
    if scoreA != scoreB { return scoreA > scoreB }
    let keyA = keys[Int(a)]
    let keyB = keys[Int(b)]
    return keyA != keyB ? keyA < keyB : a < b
  }

  /// Moves the candidate at `start` down until no candidate below it is worse.
  @inline(__always)
  private func sink(from start: Int, count: Int) {
    let moving = places[start]
    var place = start
    while true {
      var child = 2 &* place &+ 1
      guard child < count else { break }
      if child &+ 1 < count, isBetter(places[child], than: places[child &+ 1]) {
        child &+= 1
      }
      guard isBetter(moving, than: places[child]) else { break }
      places[place] = places[child]
      place = child
    }
    places[place] = moving
  }
}
