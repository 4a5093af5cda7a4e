import CIntrinsics

/// Asks for memory before it is needed, so that many waits for it overlap.
public enum Prefetch {
  /// Asks the CPU to bring the cache line at `address` closer. Never faults, whatever the address.
  @inlinable @inline(__always)
  public static func line(at address: UnsafeRawPointer) { apus_prefetch(address) }
}
