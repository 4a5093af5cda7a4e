import Foundation

/// Reads how much memory is in use, and how much there may be.
struct MemoryProbe: Sendable {
  /// So much in use of so much.
  struct Share: Equatable, Sendable {
    var usedBytes: UInt64
    var limitBytes: UInt64
  }

  /// What is read at one look.
  struct Reading: Equatable, Sendable {
    /// Of this process, in RAM.
    var residentBytes: UInt64 = 0
    /// One for each limit there is.
    var shares: [Share] = []

    /// The share that is nearest to its limit.
    var nearest: Share? {
      shares.max { Double($0.usedBytes) / Double($0.limitBytes) < Double($1.usedBytes) / Double($1.limitBytes) }
    }
  }

  /// What the operator allows; nil: no limit.
  private let limitBytes: UInt64?
  private let group: MemoryGroup?

  init(limitBytes: UInt64?, group: MemoryGroup? = MemoryGroup.own()) {
    self.limitBytes = limitBytes
    self.group = group
  }

  func read() -> Reading {
    var reading = Reading(residentBytes: Self.residentBytes())
    if let limitBytes, limitBytes > 0 {
      reading.shares.append(Share(usedBytes: reading.residentBytes, limitBytes: limitBytes))
    }
    if let share = group?.read() { reading.shares.append(share) }
    return reading
  }

  /// The second number of /proc/self/statm, in pages; 0 where it cannot be read.
  static func residentBytes() -> UInt64 {
    let fields = SmallFile.text("/proc/self/statm")?.split(separator: " ") ?? []
    guard fields.count > 1, let pages = UInt64(fields[1]) else { return 0 }
    return pages &* UInt64(max(0, sysconf(Int32(_SC_PAGESIZE))))
  }
}
