import Glibc

/// Anonymous memory straight from the kernel, zero-filled, for tables that are read at random.
///
/// From 2 MiB up it begins on a huge-page boundary and asks for huge pages, which spares most of the address
/// translations of random reads. It belongs to no file, so nothing that happens to a file can change or revoke it.
public final class PageMemory: @unchecked Sendable {
  private static let hugePageBytes = 2 << 20
  private static let pageBytes = 4096

  private let mapping: UnsafeMutableRawPointer
  private let mappedBytes: Int
  /// The memory: as many bytes as asked for, aligned to at least 4096.
  public let bytes: UnsafeMutableRawBufferPointer

  /// Takes `byteCount` zero bytes (0 is allowed); nil where the kernel refuses.
  ///
  /// Memory that is to be there only as far as it is touched asks for no huge pages.
  public init?(byteCount: Int, inHugePages: Bool = true) {
    guard byteCount >= 0 else { return nil }
    let isLarge = inHugePages && byteCount >= Self.hugePageBytes
    let (padded, overflow) = max(byteCount, 1).addingReportingOverflow(isLarge ? Self.hugePageBytes : 0)
    guard !overflow else { return nil }
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let mapping = mmap(nil, padded, PROT_READ | PROT_WRITE, flags, -1, 0), mapping != MAP_FAILED else {
      return nil
    }
    self.mapping = mapping
    mappedBytes = padded
    var start = mapping
    if isLarge {
      start = mapping.alignedUp(toMultipleOf: Self.hugePageBytes)
      // Advice only: without huge pages everything works, a little slower.
      _ = madvise(start, byteCount, Int32(MADV_HUGEPAGE))
    }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
  }

  /// Asks for huge pages for memory of another owner that has not been written to yet, which then comes from the kernel
  /// in fewer pieces; advice only, about the small pages that the memory begins and ends in, too.
  package static func adviseHugePages(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let start = bytes.baseAddress, bytes.count >= hugePageBytes else { return }
    let first = start.alignedDown(toMultipleOf: pageBytes)
    let last = (start + bytes.count).alignedUp(toMultipleOf: pageBytes)
    _ = madvise(first, last - first, Int32(MADV_HUGEPAGE))
  }

  /// Makes the memory read-only for good: a stray write then stops the process instead of spoiling a shared table.
  public func seal() {
    _ = mprotect(mapping, mappedBytes, PROT_READ)
  }

  deinit {
    munmap(mapping, mappedBytes)
  }
}
