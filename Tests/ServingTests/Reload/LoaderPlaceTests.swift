import Testing

@testable import Serving

@Suite("Where a model is loaded")
struct LoaderPlaceTests {
  @Test("it runs where no worker does, moves only when they do, and runs anywhere where they are everywhere")
  func moves() {
    var workers = [0, 2]
    var places: [Set<Int>] = []
    let place = LoaderPlace(allowed: [0, 1, 2, 3], workers: { workers }, confine: { places.append($0) })
    for now in [[0, 2], [0, 2], [1, 1], [3, 0], [3, 0], [-1, 7]] {
      workers = now
      place.pieceBegins()
      place.pieceDone()
    }
    #expect(places == [[1, 3], [0, 2, 3], [1, 2], [0, 1, 2, 3]])
    let small = LoaderPlace(allowed: [0, 1], workers: { workers }, confine: { places.append($0) })
    workers = [1, 0]
    small.pieceBegins()
    #expect(places.last == [0, 1])
  }

  @Test("where others keep the free processors busy for a second in all, it takes the moments of any, and stays so")
  func stalls() {
    var time: UInt64 = 7
    var places: [Set<Int>] = []
    let place = LoaderPlace(allowed: [0, 1], workers: { [0] }, time: { time }, confine: { places.append($0) })
    /// Pieces that take so long, and a sleep after each, which is no wait.
    func work(_ pieces: Int, nanos: UInt64) {
      for _ in 0..<pieces {
        place.pieceBegins()
        time += nanos
        place.pieceDone()
        time += 3_000_000_000
      }
    }
    work(1_000, nanos: LoaderPlace.stallNanos)
    work(9, nanos: 100_000_000)
    work(1, nanos: 99_999_999)
    place.pieceBegins()
    #expect(places == [[1]])
    work(1, nanos: 30_000_000)
    work(3, nanos: 1_000)
    #expect(places == [[1], [0, 1]])
    // Nothing overflows.
    work(5, nanos: .max / 8)
    #expect(places.count == 2)
  }
}
