import Foundation

/// How much memory the process may still take: the least that the machine, the control groups that it is in, and its
/// limit of address space leave.
struct MemoryRoom: Sendable {
  /// What is left, and by what.
  struct Rest: Equatable, Sendable {
    var bytes: Int
    var limit: String
  }

  /// Where the kernel tells of processes, and of control groups.
  var processes = "/proc"
  var groups = "/sys/fs/cgroup"
  /// The limit of address space in bytes; nil: there is none.
  var addressSpace: @Sendable () -> Int? = Self.addressSpaceLimit

  /// Throws where so many bytes are not to be had.
  func check(bytes: Int) throws(ReloadError) {
    guard let rest, rest.bytes < bytes else { return }
    throw .memory(neededBytes: bytes, availableBytes: rest.bytes, limit: rest.limit)
  }

  /// The least that is left; nil where nothing tells.
  var rest: Rest? {
    ([machine, addresses] + groupLimits).compactMap { $0 }.min { $0.bytes < $1.bytes }
  }

  /// What the kernel says could be had without swapping.
  private var machine: Rest? {
    let lines = SmallFile.text("\(processes)/meminfo")?.split(separator: "\n") ?? []
    let words = lines.first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ") ?? []
    return words.count > 1 ? Int(words[1]).map { Rest(bytes: $0 << 10, limit: "the machine") } : nil
  }

  private var addresses: Rest? {
    guard let limit = addressSpace(), let statistics = SmallFile.text("\(processes)/self/statm"),
      let used = statistics.split(separator: " ").first.flatMap({ Int($0) })
    else { return nil }
    return Rest(bytes: max(0, limit - used * Int(getpagesize())), limit: "the limit of address space")
  }

  /// Of each control group that the process is in, and of each around it.
  private var groupLimits: [Rest] {
    MemoryGroup.all(root: groups, table: "\(processes)/self/cgroup").compactMap { group in
      group.read(withoutCache: true).map {
        Rest(
          bytes: Int(clamping: $0.limitBytes - min($0.limitBytes, $0.usedBytes)),
          limit: "the control group's \(group.limitName)")
      }
    }
  }

  private static func addressSpaceLimit() -> Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
    return Int(exactly: limit.rlim_cur)
  }
}
