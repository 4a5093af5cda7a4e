import Glibc

/// Sockets to wait for, as `pselect` takes them: unlike `poll` it waits to the nanosecond, which an open loop needs.
struct DescriptorSet {
  /// Descriptors must be below this; the command line keeps the number of connections well under it.
  static let limit = 8 * MemoryLayout<fd_set>.size

  private var bits = fd_set()
  private var bound: Int32 = 0

  /// A descriptor that is closed (-1) or out of range is left out.
  mutating func insert(_ descriptor: Int32) {
    guard (0..<Int32(Self.limit)).contains(descriptor) else { return }
    let (word, mask) = Self.place(descriptor)
    withUnsafeMutableBytes(of: &bits) { $0.assumingMemoryBound(to: UInt64.self)[word] |= mask }
    bound = max(bound, descriptor + 1)
  }

  func contains(_ descriptor: Int32) -> Bool {
    guard (0..<Int32(Self.limit)).contains(descriptor) else { return false }
    let (word, mask) = Self.place(descriptor)
    return withUnsafeBytes(of: bits) { $0.assumingMemoryBound(to: UInt64.self)[word] & mask != 0 }
  }

  func union(_ other: DescriptorSet) -> DescriptorSet {
    var result = self
    withUnsafeMutableBytes(of: &result.bits) { mine in
      withUnsafeBytes(of: other.bits) { theirs in
        for byte in mine.indices { mine[byte] |= theirs[byte] }
      }
    }
    result.bound = max(bound, other.bound)
    return result
  }

  /// Waits until one of `readers` can be read or one of `writers` written, at most `nanos`, and leaves in them those
  /// that are ready.
  static func wait(readers: inout DescriptorSet, writers: inout DescriptorSet, nanos: Int64) {
    var timeout = timespec(tv_sec: Int(nanos / 1_000_000_000), tv_nsec: Int(nanos % 1_000_000_000))
    let bound = max(readers.bound, writers.bound)
    if pselect(bound, &readers.bits, &writers.bits, nil, &timeout, nil) < 0 {
      // A signal came: nothing is known to be ready.
      readers = DescriptorSet()
      writers = DescriptorSet()
    }
  }

  private static func place(_ descriptor: Int32) -> (word: Int, mask: UInt64) {
    (Int(descriptor) / 64, 1 << UInt64(descriptor % 64))
  }
}
