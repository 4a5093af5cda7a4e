import Glibc

/// Request ids that feedback can refer to.
///
/// The system's own randomness, not the seed's: an id must not come again after a restart, when feedback on the earlier
/// ranking is still under way, nor be guessed by who forges feedback. It is asked for in pieces, since each question is a
/// system call.
struct RequestIDs {
  /// 256 bytes: the most that one question gives.
  private var ids = [UInt64](repeating: 0, count: 32)
  private var left = 0

  /// The next id; never 0.
  mutating func next() -> UInt64 {
    while true {
      if left == 0 { refill() }
      left -= 1
      if ids[left] != 0 { return ids[left] }
    }
  }

  private mutating func refill() {
    left = ids.count
    let code = ids.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) }
    // Only a kernel without the call refuses it; Swift's own source then has another.
    if code != 0 { for place in ids.indices { ids[place] = .random(in: 1 ... .max) } }
  }
}
