import Glibc

/// Sockets to wait for, each known by the place at which it was added. `pselect` waits to the nanosecond, unlike `poll`, which
/// an open loop needs. Its sets are as long as the descriptors are large: Linux takes any length, only the C library's own
/// type stops at 1024.
struct PollSet {
  private static let wordBits = 64
  /// Words of the C library's type, which a set must have at least.
  private static let leastWords = MemoryLayout<fd_set>.size / MemoryLayout<UInt64>.size

  private var descriptors: [Int32] = []
  private var readers = [UInt64](repeating: 0, count: leastWords)
  private var writers = [UInt64](repeating: 0, count: leastWords)
  private var bound: Int32 = 0

  mutating func removeAll() {
    descriptors.removeAll(keepingCapacity: true)
    clear()
    bound = 0
  }

  /// A closed descriptor (-1) is never ready.
  mutating func add(_ descriptor: Int32, reads: Bool = true, writes: Bool) {
    descriptors.append(descriptor)
    guard descriptor >= 0 else { return }
    let word = Int(descriptor) / Self.wordBits
    while word >= readers.count {
      readers.append(0)
      writers.append(0)
    }
    let mask: UInt64 = 1 << UInt64(Int(descriptor) % Self.wordBits)
    if reads { readers[word] |= mask }
    if writes { writers[word] |= mask }
    bound = max(bound, descriptor + 1)
  }

  /// Waits until one of the sockets is ready, at most `nanos`.
  mutating func wait(nanos: Int64) {
    var timeout = timespec(tv_sec: Int(nanos / 1_000_000_000), tv_nsec: Int(nanos % 1_000_000_000))
    let count = readers.withUnsafeMutableBytes { readers in
      writers.withUnsafeMutableBytes { writers in
        pselect(
          bound, readers.baseAddress?.assumingMemoryBound(to: fd_set.self),
          writers.baseAddress?.assumingMemoryBound(to: fd_set.self), nil, &timeout, nil)
      }
    }
    // A signal came: nothing is known to be ready.
    if count < 0 { clear() }
  }

  /// Whether the socket that was added at this place can be read or written, or is broken.
  func isReady(_ place: Int) -> Bool { canRead(place) || has(writers, place) }

  /// Whether it can be read; a broken one can, and says so.
  func canRead(_ place: Int) -> Bool { has(readers, place) }

  private func has(_ set: [UInt64], _ place: Int) -> Bool {
    guard descriptors.indices.contains(place), descriptors[place] >= 0 else { return false }
    let descriptor = Int(descriptors[place])
    return set[descriptor / Self.wordBits] >> UInt64(descriptor % Self.wordBits) & 1 == 1
  }

  private mutating func clear() {
    for word in readers.indices {
      readers[word] = 0
      writers[word] = 0
    }
  }
}
