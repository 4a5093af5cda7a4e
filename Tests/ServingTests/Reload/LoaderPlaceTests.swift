import Testing

@testable import Serving

@Suite("Where a model is loaded")
struct LoaderPlaceTests {
  /// What a loader is told of the time, and where it has gone.
  private final class SimulatedThread {
    var time: UInt64 = 7
    var ownWork: UInt64 = 3
    var places: [Set<Int>] = []
    var isRefused = false

    func place(allowed: Set<Int>, workers: @escaping () -> [Int]) -> LoaderPlace {
      let clocks = LoadPacer.Clocks(
        time: { self.time }, ownWork: { self.ownWork }, allWork: { 0 }, sleep: { self.time += $0 })
      return LoaderPlace(allowed: allowed, workers: workers, clocks: clocks) {
        self.places.append($0)
        return !self.isRefused
      }
    }
  }

  @Test("it runs where no worker does, moves only when they do, and runs anywhere where they are everywhere")
  func moves() {
    let thread = SimulatedThread()
    var workers = [0, 2]
    let place = thread.place(allowed: [0, 1, 2, 3], workers: { workers })
    for now in [[0, 2], [2, 0], [1, 1], [3, 0], [0, 3, 0], [-1, 7], [3, 2, 1, 0]] {
      workers = now
      place.pieceBegins()
      place.pieceDone()
    }
    #expect(thread.places == [[1, 3], [0, 2, 3], [1, 2], [0, 1, 2, 3]])
    workers = [1, 0]
    thread.place(allowed: [0, 1], workers: { workers }).pieceBegins()
    #expect(thread.places.last == [0, 1])
  }

  @Test("where the kernel refuses a place, it is asked again")
  func refusals() {
    let thread = SimulatedThread()
    thread.isRefused = true
    let place = thread.place(allowed: [0, 1], workers: { [0] })
    place.pieceBegins()
    place.pieceBegins()
    thread.isRefused = false
    place.pieceBegins()
    place.pieceBegins()
    #expect(thread.places == [[1], [1], [1]])
  }

  @Test("where others keep the free processors busy for a second in all, it takes the moments of any, and stays so")
  func stalls() {
    let thread = SimulatedThread()
    let place = thread.place(allowed: [0, 1], workers: { [0] })
    /// Pieces of so much work that wait so long, and a sleep after each, which is no wait.
    func work(_ pieces: Int, nanos: UInt64 = 1_000, waits: UInt64) {
      for _ in 0..<pieces {
        place.pieceBegins()
        thread.ownWork &+= nanos
        thread.time &+= nanos &+ waits
        place.pieceDone()
        thread.time &+= 3_000_000_000
      }
    }
    work(1_000, waits: LoaderPlace.stallNanos)
    work(2, nanos: 5_000_000_000, waits: 0)
    work(9, waits: 100_000_000)
    work(1, waits: 99_999_999)
    place.pieceBegins()
    #expect(thread.places == [[1]])
    work(1, waits: 3_000_000)
    work(3, waits: 0)
    #expect(thread.places == [[1], [0, 1]])
    // Nothing overflows, also where a clock goes back.
    work(5, waits: .max / 8)
    work(1, nanos: 0 &- 5, waits: 0)
    #expect(thread.places.count == 2)
  }
}
