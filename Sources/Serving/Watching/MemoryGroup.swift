/// The control group that bounds the memory of this process, of either version of Linux's control groups.
///
/// What can be given back at once, pages of files that nobody used lately, does not count as used, as in Kubernetes.
struct MemoryGroup: Equatable, Sendable {
  private let limitFile: String
  private let usageFile: String
  private let statFile: String
  private let reclaimable: String

  /// The group of this process; nil where there is none, or none with a limit. `root` and `table` are where Linux shows them.
  static func own(root: String = "/sys/fs/cgroup", table: String = "/proc/self/cgroup") -> MemoryGroup? {
    let lines = (SmallFile.text(table) ?? "").split(separator: "\n")
    for line in lines {
      // number:controllers:path; version 2 has the number 0 and no controllers.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isSecond = fields[0] == "0" && fields[1].isEmpty
      guard isSecond || fields[1].split(separator: ",").contains("memory") else { continue }
      // Inside of a container the path is often not the one that is seen there, and the group is the root's.
      for folder in ancestors(of: String(fields[2])) {
        let group = isSecond ? second("\(root)\(folder)") : first("\(root)/memory\(folder)")
        if group.read() != nil { return group }
      }
    }
    return nil
  }

  /// `/a/b`, `/a` and the empty path.
  private static func ancestors(of path: String) -> [String] {
    var parts = path.split(separator: "/")
    var all: [String] = []
    while !parts.isEmpty {
      all.append(parts.map { "/\($0)" }.joined())
      parts.removeLast()
    }
    return all + [""]
  }

  private static func second(_ folder: String) -> MemoryGroup {
    MemoryGroup(
      limitFile: "\(folder)/memory.max", usageFile: "\(folder)/memory.current", statFile: "\(folder)/memory.stat",
      reclaimable: "inactive_file")
  }

  private static func first(_ folder: String) -> MemoryGroup {
    MemoryGroup(
      limitFile: "\(folder)/memory.limit_in_bytes", usageFile: "\(folder)/memory.usage_in_bytes",
      statFile: "\(folder)/memory.stat", reclaimable: "total_inactive_file")
  }

  /// What is in use of the limit; nil where there is no limit.
  func read() -> MemoryProbe.Share? {
    // Without a limit the file says "max", or a number that no machine has.
    guard let limit = Self.number(limitFile), limit > 0, limit < 1 << 60, let usage = Self.number(usageFile) else {
      return nil
    }
    let stat = (SmallFile.text(statFile) ?? "").split(separator: "\n").first { $0.hasPrefix("\(reclaimable) ") }
    let unused = stat.flatMap { UInt64($0.dropFirst(reclaimable.utf8.count + 1)) } ?? 0
    return MemoryProbe.Share(usedBytes: usage - min(usage, unused), limitBytes: limit)
  }

  private static func number(_ file: String) -> UInt64? {
    SmallFile.text(file)?.split(whereSeparator: \.isWhitespace).first.flatMap { UInt64($0) }
  }
}
