import ServerSupport
import Testing

@testable import Serving

@Suite("Comparing secrets")
struct ConstantTimeTests {
  /// Bytes that count how often one is looked at.
  private final class Counter { var looks = 0 }
  private struct Watched: RandomAccessCollection {
    let bytes: [UInt8]
    let counter: Counter
    var startIndex: Int { 0 }
    var endIndex: Int { bytes.count }
    subscript(index: Int) -> UInt8 {
      counter.looks += 1
      return bytes[index]
    }
  }

  @Test("as many bytes are looked at wherever the first difference is, and however long the guess")
  func F77_theWorkSaysNothing() {
    let secret = [UInt8](1...40)
    for length in [1, 2, 39, 40, 41, 1_000] {
      for place in 0..<min(length, 40) {
        var guess = (0..<length).map { UInt8(truncatingIfNeeded: $0 + 1) }
        guess[place] ^= 0x80
        let (given, kept) = (Counter(), Counter())
        #expect(
          !ConstantTime.areEqual(Watched(bytes: guess, counter: given), Watched(bytes: secret, counter: kept)))
        #expect(given.looks == 40 && kept.looks == 40, "\(length) bytes, different at \(place)")
      }
    }
  }

  @Test("it is equality")
  func equality() {
    var dice = Dice(4)
    for _ in 0..<2_000 {
      let a = (0..<dice.below(4)).map { _ in UInt8(dice.below(2)) }
      let b = (0..<dice.below(4)).map { _ in UInt8(dice.below(2)) }
      #expect(ConstantTime.areEqual(a, b) == (a == b), "\(a) \(b)")
    }
  }
}
