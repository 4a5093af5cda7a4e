/// Memory for the payloads of calls that wait, in blocks of powers of two: taken from the heap once, and used again and
/// again. Confined to its worker's thread.
final class PayloadPool {
  private static let smallestBlock = 256

  /// What may be kept for calls to come.
  private let retainedLimit: Int
  /// First free block of each size, from ``smallestBlock`` up; each holds the address of the next.
  private var free = [UnsafeMutableRawPointer?](repeating: nil, count: 40)
  /// Bytes of free blocks.
  private(set) var retainedBytes = 0
  /// Blocks that were taken from the heap.
  private(set) var allocations: UInt64 = 0

  /// An empty pool that keeps at most `retainedLimit` bytes of free blocks.
  init(retainedLimit: Int) { self.retainedLimit = retainedLimit }

  deinit {
    for first in free {
      var next = first
      while let block = next {
        next = block.load(as: UnsafeMutableRawPointer?.self)
        block.deallocate()
      }
    }
  }

  /// A copy of some bytes, until ``give(_:)``. O(bytes).
  func take(copying bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let size = Self.size(for: bytes.count)
    let block = take(size)
    if let start = bytes.baseAddress { block.copyMemory(from: start, byteCount: bytes.count) }
    return UnsafeRawBufferPointer(start: block, count: bytes.count)
  }

  /// Takes back, exactly once, what ``take(copying:)`` has given. O(1).
  func give(_ payload: UnsafeRawBufferPointer) {
    guard let start = payload.baseAddress else { return }
    let (block, size) = (UnsafeMutableRawPointer(mutating: start), Self.size(for: payload.count))
    guard retainedBytes + size.bytes <= retainedLimit else { return block.deallocate() }
    block.storeBytes(of: free[size.place], as: UnsafeMutableRawPointer?.self)
    free[size.place] = block
    retainedBytes += size.bytes
  }

  private func take(_ size: (place: Int, bytes: Int)) -> UnsafeMutableRawPointer {
    guard let block = free[size.place] else {
      allocations += 1
      return .allocate(byteCount: size.bytes, alignment: 16)
    }
    free[size.place] = block.load(as: UnsafeMutableRawPointer?.self)
    retainedBytes -= size.bytes
    return block
  }

  /// The smallest block that holds so many bytes.
  private static func size(for byteCount: Int) -> (place: Int, bytes: Int) {
    let doublings = Int.bitWidth - ((max(byteCount, smallestBlock) - 1) / smallestBlock).leadingZeroBitCount
    return (doublings, smallestBlock << doublings)
  }
}
