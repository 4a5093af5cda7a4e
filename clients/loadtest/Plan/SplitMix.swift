/// splitmix64 (Steele, Lea, Flood 2014): a small generator for drawing requests; equal seeds draw equal requests.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The generator of one part of what `seed` draws. Seeds that lie a step of the generator apart would give the same numbers,
  /// shifted by one; so both are mixed first.
  init(seed: UInt64, part: Int) {
    var whole = SplitMix(seed: seed)
    var own = SplitMix(seed: whole.next() &+ UInt64(bitPattern: Int64(part)) &* 0xD1B5_4A32_D192_ED03)
    state = own.next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
