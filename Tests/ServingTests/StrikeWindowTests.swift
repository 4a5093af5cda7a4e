import Testing

@testable import Serving

@Suite("Strikes")
struct StrikeWindowTests {
  /// What strikes at these times say.
  private func strikes(limit: Int, at times: [UInt64]) -> [Bool] {
    var window = StrikeWindow(limit: limit, lengthMillis: 1_000)
    return times.map { window.strike(nowMillis: $0) }
  }

  @Test("the strike that fills the window says so, and so does every later one of the same window")
  func withinAWindow() {
    #expect(strikes(limit: 3, at: [5_000, 5_400, 5_998, 5_999]) == [false, false, true, true])
  }

  @Test("a window begins with its first strike and is over after its whole length")
  func boundaries() {
    // One millisecond less than a length later it is the same window; exactly one length later it is a new one.
    #expect(strikes(limit: 2, at: [70_300, 71_299]) == [false, true])
    #expect(strikes(limit: 2, at: [70_300, 71_300, 72_299, 72_300]) == [false, false, true, false])
  }

  @Test("strikes that come slowly enough never add up")
  func slowStrikes() {
    #expect(!strikes(limit: 2, at: (1...100).map { $0 * 1_000 }).contains(true))
  }

  @Test("with a limit of 1 the first strike is the last")
  func limitOfOne() {
    #expect(strikes(limit: 1, at: [0]) == [true])
  }
}
