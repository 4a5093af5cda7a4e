import CProtobufC

/// Memory for the decoding of one call at a time: allocation bumps an offset, freeing is a no-op, the cap is firm.
///
/// protobuf-c decodes through it as its allocator. That bounds what a hostile message can make it allocate,
/// ends merge bombs early because nothing is ever given back before ``reset()``, and is faster than malloc.
/// One worker owns an arena; everything in it dies at the next ``reset()``.
public final class RequestArena {
  /// Every allocation begins at a multiple of this.
  public static let alignment = 16

  /// The most that may be allocated between two resets.
  public let capacity: Int
  /// Allocated since the last reset, rounding included. Freed memory still counts.
  public private(set) var bytesInUse = 0
  /// Whether an allocation was refused since the last reset.
  public private(set) var isExhausted = false
  /// The arena as protobuf-c sees it; valid as long as the arena lives.
  public let allocator: UnsafeMutablePointer<ProtobufCAllocator>

  private let base: UnsafeMutableRawPointer

  /// An arena; the memory is reserved at once, and touched as it is used.
  public init(capacity: Int) {
    precondition(capacity > 0, "an arena of \(capacity) bytes holds nothing")
    self.capacity = capacity
    base = .allocate(byteCount: capacity, alignment: Self.alignment)
    allocator = .allocate(capacity: 1)
    allocator.initialize(to: ProtobufCAllocator(alloc: allocateFromArena, free: keepInArena, allocator_data: nil))
    allocator.pointee.allocator_data = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit {
    allocator.deallocate()
    base.deallocate()
  }

  /// Takes everything back. - Complexity: O(1).
  public func reset() {
    bytesInUse = 0
    isExhausted = false
  }

  /// Uninitialised memory for `count` values, or nil (and ``isExhausted``) past the cap. - Complexity: O(1).
  public func allocate<T>(_: T.Type, count: Int) -> UnsafeMutablePointer<T>? {
    precondition(MemoryLayout<T>.alignment <= Self.alignment, "the arena does not align \(T.self)")
    let (bytes, overflow) = MemoryLayout<T>.stride.multipliedReportingOverflow(by: count)
    guard !overflow, bytes >= 0, let start = allocate(byteCount: UInt(bytes)) else {
      isExhausted = true
      return nil
    }
    return start.bindMemory(to: T.self, capacity: count)
  }

  /// Uninitialised bytes, or nil (and ``isExhausted``) past the cap. - Complexity: O(1).
  func allocate(byteCount: UInt) -> UnsafeMutableRawPointer? {
    // Compared before it is rounded, so that no size of the caller's overflows.
    guard byteCount <= UInt(capacity - bytesInUse) else {
      isExhausted = true
      return nil
    }
    let start = base + bytesInUse
    let rounded = (Int(byteCount) + Self.alignment - 1) & ~(Self.alignment - 1)
    bytesInUse = min(bytesInUse + rounded, capacity)
    return start
  }
}

private func allocateFromArena(_ arena: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
  guard let arena else { return nil }
  return Unmanaged<RequestArena>.fromOpaque(arena)._withUnsafeGuaranteedRef {
    $0.allocate(byteCount: UInt(bitPattern: size))
  }
}

private func keepInArena(_: UnsafeMutableRawPointer?, _: UnsafeMutableRawPointer?) {}
