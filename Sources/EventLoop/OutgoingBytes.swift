import Glibc

/// Bytes that the kernel did not take at once, copied. Owned by one connection, which frees it.
struct OutgoingBytes {
  private(set) var base: UnsafeMutableRawPointer?
  private(set) var count = 0
  private var capacity = 0
  /// When the first of the bytes was queued, in the loop's milliseconds.
  private(set) var sinceMillis: UInt64 = 0

  var isEmpty: Bool { count == 0 }

  /// - Complexity: amortised O(`bytes.count`).
  mutating func append(_ bytes: UnsafeRawBufferPointer, nowMillis: UInt64) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    if count == 0 { sinceMillis = nowMillis }
    if count + bytes.count > capacity { grow(to: max(count + bytes.count, capacity * 2)) }
    base.map { ($0 + count).copyMemory(from: source, byteCount: bytes.count) }
    count += bytes.count
  }

  private mutating func grow(to wanted: Int) {
    guard let larger = realloc(base, wanted) else { fatalError("out of memory: \(wanted) bytes of queued writes") }
    base = larger
    capacity = wanted
  }

  /// Forgets the bytes and keeps the memory for the next ones.
  mutating func removeAll() { count = 0 }

  /// Forgets the bytes and gives back the memory: a connection that keeps up holds none.
  mutating func free() {
    Glibc.free(base)
    self = OutgoingBytes()
  }
}
