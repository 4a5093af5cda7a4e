import CIntrinsics

/// The machine's processors, by the kernel's numbers, and who may run on which.
public enum Processors {
  /// Room for the processors of the largest machines that the kernel is built for.
  private static let words = 8_192 / UInt.bitWidth

  /// The processor that the calling thread runs on now; below 0 where nobody can say. Some nanoseconds.
  @inline(__always)
  public static var current: Int { Int(apus_current_processor()) }

  /// Those that the process may run on, which is what its first thread may; none where the kernel does not say.
  public static var allowed: Set<Int> {
    var bits = [UInt](repeating: 0, count: words)
    let filled = apus_allowed_processors(&bits, UInt(words * MemoryLayout<UInt>.size))
    guard filled > 0 else { return [] }
    let numbers = 0..<min(bits.count * UInt.bitWidth, filled * 8)
    return Set(numbers.filter { bits[$0 / UInt.bitWidth] >> UInt($0 % UInt.bitWidth) & 1 == 1 })
  }

  /// Has the calling thread run on these only. False where the kernel refuses, such as where it may run on none of them.
  public static func confine(to numbers: Set<Int>) -> Bool {
    var bits = [UInt](repeating: 0, count: words)
    for number in numbers where number >= 0 && number < words * UInt.bitWidth {
      bits[number / UInt.bitWidth] |= 1 << UInt(number % UInt.bitWidth)
    }
    return apus_confine(bits, UInt(words * MemoryLayout<UInt>.size)) == 0
  }
}
