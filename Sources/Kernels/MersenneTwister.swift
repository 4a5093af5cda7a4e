/// MT19937: 32 uniformly distributed bits at a time, period 2^19937 − 1.
///
/// Matsumoto and Nishimura, "Mersenne Twister: A 623-Dimensionally Equidistributed Uniform Pseudo-Random Number
/// Generator", ACM TOMACS 1998; seeding as in the authors' revision of 2002. It is not for secrets.
package struct MersenneTwister: Sendable {
  private static let size = 624
  private static let shift = 397

  /// [624] the state's words, each used for one number before all are made anew.
  private var words: [UInt32]
  private var position = MersenneTwister.size

  /// `init_genrand`: a state that follows from one number.
  package init(seed: UInt32) {
    words = [UInt32](repeating: seed, count: Self.size)
    for index in 1..<Self.size {
      let last = words[index - 1]
      words[index] = 1_812_433_253 &* (last ^ (last &>> 30)) &+ UInt32(truncatingIfNeeded: index)
    }
  }

  /// `init_by_array`: a state that follows from every word of `key`; an empty key counts as one zero.
  package init(key: [UInt32]) {
    self.init(seed: 19_650_218)
    let key = key.isEmpty ? [0] : key
    var (index, place) = (1, 0)
    for _ in 0..<max(Self.size, key.count) {
      let last = words[index - 1]
      words[index] = (words[index] ^ ((last ^ (last &>> 30)) &* 1_664_525)) &+ key[place] &+ UInt32(place)
      place = (place + 1) % key.count
      advance(&index)
    }
    for _ in 1..<Self.size {
      let last = words[index - 1]
      words[index] = (words[index] ^ ((last ^ (last &>> 30)) &* 1_566_083_941)) &- UInt32(index)
      advance(&index)
    }
    words[0] = 0x8000_0000
  }

  /// The next index of 1..<624, with the carry over the end that `init_by_array` makes.
  private mutating func advance(_ index: inout Int) {
    index += 1
    if index == Self.size {
      words[0] = words[Self.size - 1]
      index = 1
    }
  }

  /// The next 32 bits.
  package mutating func next() -> UInt32 {
    if position == Self.size { refill() }
    var bits = words[position]
    position += 1
    bits ^= bits &>> 11
    bits ^= (bits &<< 7) & 0x9D2C_5680
    bits ^= (bits &<< 15) & 0xEFC6_0000
    return bits ^ (bits &>> 18)
  }

  /// Makes all words anew: each from itself, its successor and the one 397 places on, all in a ring.
  private mutating func refill() {
    words.withUnsafeMutableBufferPointer { words in
      func renew(_ index: Int, _ next: Int, _ far: Int) {
        let joined = (words[index] & 0x8000_0000) | (words[next] & 0x7FFF_FFFF)
        words[index] = words[far] ^ (joined &>> 1) ^ (joined & 1 == 0 ? 0 : 0x9908_B0DF)
      }
      let split = Self.size - Self.shift
      for index in 0..<split { renew(index, index + 1, index + Self.shift) }
      for index in split..<Self.size - 1 { renew(index, index + 1, index - split) }
      renew(Self.size - 1, 0, Self.shift - 1)
    }
    position = 0
  }
}
