import Kernels

/// Memory for the payloads of calls that wait, in blocks of powers of two that are used again and again: cut out of one
/// piece as they are needed, and taken from the heap where that piece is used up. Confined to its worker's thread.
///
/// One piece, because a heap that grows block by block asks the kernel each time, and waits while another thread has the
/// kernel change the process's memory, as one that loads a model does: calls that pile up for it would need more blocks.
final class PayloadPool {
  private static let smallestBlock = 256

  /// The piece, in pages that are there once they are touched; nil: there was no memory for it.
  private let piece: PageMemory?
  /// Bytes of the piece that blocks were made of.
  private var cut = 0
  /// First free block of each size, from ``smallestBlock`` up; each holds the address of the next.
  private var free = [UnsafeMutableRawPointer?](repeating: nil, count: 40)
  /// Bytes of free blocks.
  private(set) var retainedBytes = 0
  /// Blocks that were made, from the piece or from the heap.
  private(set) var allocations: UInt64 = 0

  /// An empty pool that keeps at most `retainedLimit` bytes.
  init(retainedLimit: Int) {
    piece = PageMemory(byteCount: max(0, retainedLimit), inHugePages: false)
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
    guard isOfPiece(block) else { return block.deallocate() }
    block.storeBytes(of: free[size.place], as: UnsafeMutableRawPointer?.self)
    free[size.place] = block
    retainedBytes += size.bytes
  }

  private func take(_ size: (place: Int, bytes: Int)) -> UnsafeMutableRawPointer {
    if let block = free[size.place] {
      free[size.place] = block.load(as: UnsafeMutableRawPointer?.self)
      retainedBytes -= size.bytes
      return block
    }
    allocations += 1
    guard let piece, let base = piece.bytes.baseAddress, size.bytes <= piece.bytes.count - cut else {
      return .allocate(byteCount: size.bytes, alignment: 16)
    }
    defer { cut += size.bytes }
    return base + cut
  }

  private func isOfPiece(_ block: UnsafeMutableRawPointer) -> Bool {
    guard let base = piece?.bytes.baseAddress else { return false }
    return block >= base && block < base + cut
  }

  /// The smallest block that holds so many bytes.
  private static func size(for byteCount: Int) -> (place: Int, bytes: Int) {
    let doublings = Int.bitWidth - ((max(byteCount, smallestBlock) - 1) / smallestBlock).leadingZeroBitCount
    return (doublings, smallestBlock << doublings)
  }
}
