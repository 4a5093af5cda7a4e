/// Hash and equality of terms, read eight bytes at a time.
///
/// Terms are short, so the loop over their bytes is what costs. A term of eight bytes or more is covered by whole
/// words, the last of which may overlap the one before it; a shorter one is put together in one word.
enum TermBytes {
  /// A 32-bit hash, the same on every run. Multiplies 64 × 64 bits and folds both halves, as wyhash (Wang Yi) does.
  /// `prefix` is ``prefix(of:)``.
  /// - Complexity: O(bytes).
  @inline(__always)
  static func hash(_ term: UnsafeBufferPointer<UInt8>, prefix: UInt64) -> UInt32 {
    let count = term.count
    var state = mix(UInt64(truncatingIfNeeded: count) ^ 0x9E37_79B9_7F4A_7C15, prefix)
    if count > 8, let start = term.baseAddress {
      let bytes = UnsafeRawPointer(start)
      var offset = 8
      while offset &+ 8 < count {
        state = mix(state, word(bytes, offset))
        offset &+= 8
      }
      state = mix(state, word(bytes, count &- 8))
    }
    return UInt32(truncatingIfNeeded: state ^ state >> 32)
  }

  /// The first eight bytes of a term in one number, the first of them lowest; absent bytes count as 0.
  @inline(__always)
  static func prefix(of term: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard let start = term.baseAddress else { return 0 }
    let bytes = UnsafeRawPointer(start)
    if term.count >= 8 { return word(bytes, 0) }
    if term.count >= 4 {
      // Two halves that may overlap, where they agree.
      let head = UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))
      let tail = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: term.count &- 4, as: UInt32.self))
      return UInt64(head) | UInt64(tail) << UInt64(8 &* (term.count &- 4))
    }
    var prefix: UInt64 = 0
    for byte in term.reversed() { prefix = prefix << 8 | UInt64(byte) }
    return prefix
  }

  /// Whether `count` bytes are the same at both places.
  /// - Complexity: O(count).
  @inline(__always)
  static func areEqual(_ first: UnsafeRawPointer, _ second: UnsafeRawPointer, count: Int) -> Bool {
    if count < 8 { return count == 0 || shortWord(first, count) == shortWord(second, count) }
    var offset = 0
    while offset &+ 8 < count {
      if word(first, offset) != word(second, offset) { return false }
      offset &+= 8
    }
    return word(first, count &- 8) == word(second, count &- 8)
  }

  /// The first eight bytes as one number whose order is byte order; absent bytes count as 0. Terms with different
  /// numbers are in the order of the numbers; equal numbers decide nothing.
  static func orderKey(_ term: UnsafeBufferPointer<UInt8>) -> UInt64 { prefix(of: term).byteSwapped }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// 1…7 bytes in one word, different for different bytes of one count.
  @inline(__always)
  private static func shortWord(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
    if count >= 4 {
      let head = bytes.loadUnaligned(as: UInt32.self)
      let tail = bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      return UInt64(head) << 32 | UInt64(tail)
    }
    if count == 0 { return 0 }
    let first = UInt64(bytes.load(as: UInt8.self))
    let middle = UInt64(bytes.load(fromByteOffset: count >> 1, as: UInt8.self))
    let last = UInt64(bytes.load(fromByteOffset: count &- 1, as: UInt8.self))
    return first << 16 | middle << 8 | last
  }

  @inline(__always)
  private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }
}
