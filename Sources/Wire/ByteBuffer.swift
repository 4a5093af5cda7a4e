#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Bytes on their way out: grows by doubling, keeps its memory when emptied.
public struct ByteBuffer: ~Copyable {
  private var base: UnsafeMutableRawPointer?
  /// Bytes that fit without growing.
  public private(set) var capacity = 0
  /// Bytes held.
  public private(set) var count = 0

  /// An empty buffer without memory of its own.
  public init() {}

  deinit { free(base) }

  /// Whether nothing is held.
  public var isEmpty: Bool { count == 0 }

  /// The bytes held; the pointer is valid inside `body`.
  public borrowing func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// Appends a copy. - Complexity: O(bytes) amortised.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    appendUninitialized(byteCount: bytes.count).copyMemory(from: source, byteCount: bytes.count)
  }

  /// Grows by `byteCount` bytes that the caller must fill; the pointer is valid until the next mutation.
  public mutating func appendUninitialized(byteCount: Int) -> UnsafeMutableRawPointer {
    precondition(byteCount >= 0, "a buffer cannot grow by \(byteCount) bytes")
    let start = reserve(byteCount) + count
    count += byteCount
    return start
  }

  /// Forgets the bytes.
  public mutating func removeAll(keepingCapacity: Bool = true) {
    count = 0
    if keepingCapacity { return }
    free(base)
    base = nil
    capacity = 0
  }

  private mutating func reserve(_ more: Int) -> UnsafeMutableRawPointer {
    let needed = count + more
    if let base, needed <= capacity { return base }
    let grown = max(needed, 2 * capacity, 256)
    guard let moved = realloc(base, grown) else { fatalError("no memory for \(grown) bytes of replies") }
    base = moved
    capacity = grown
    return moved
  }
}
