/// A control group that bounds the memory of this process, of either version of Linux's control groups.
struct MemoryGroup: Equatable, Sendable {
  private let folder: String
  private let isFirstVersion: Bool

  /// The group that the process is in, and each around it, as far as Linux tells; there need be none. `root` and `table`
  /// are where it shows them.
  static func all(root: String = "/sys/fs/cgroup", table: String = "/proc/self/cgroup") -> [MemoryGroup] {
    (SmallFile.text(table) ?? "").split(separator: "\n").flatMap { line -> [MemoryGroup] in
      // number:controllers:path; version 2 has the number 0 and no controllers.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isSecond = fields[0] == "0" && fields[1].isEmpty
      guard isSecond || fields[1].split(separator: ",").contains("memory") else { return [] }
      // Inside of a container the path is often not the one that is seen there, and the group is the root's.
      return ancestors(of: String(fields[2])).map {
        MemoryGroup(folder: isSecond ? "\(root)\($0)" : "\(root)/memory\($0)", isFirstVersion: !isSecond)
      }
    }
  }

  /// The group with the nearest limit; nil where there is none.
  static func own(root: String = "/sys/fs/cgroup", table: String = "/proc/self/cgroup") -> MemoryGroup? {
    all(root: root, table: table).first { $0.read() != nil }
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

  /// The name of the file that holds the limit.
  var limitName: String { isFirstVersion ? "memory.limit_in_bytes" : "memory.max" }

  /// What may be used; nil where there is no limit: the file then says "max", or a number that no machine has.
  private var limitBytes: UInt64? { number(limitName).flatMap { $0 > 0 && $0 < 1 << 60 ? $0 : nil } }

  private var usedBytes: UInt64? { number(isFirstVersion ? "memory.usage_in_bytes" : "memory.current") }

  /// What is in use of the limit; nil where there is no limit.
  ///
  /// What can be given back at once, pages of files that nobody used lately, does not count as used, as in Kubernetes; with
  /// `withoutCache` no page of a file does: the kernel gives them up before it kills anybody.
  func read(withoutCache: Bool = false) -> MemoryProbe.Share? {
    guard let limit = limitBytes, let usage = usedBytes else { return nil }
    let unused = statistics(withoutCache ? ["inactive_file", "active_file"] : ["inactive_file"])
    return MemoryProbe.Share(usedBytes: usage - min(usage, unused), limitBytes: limit)
  }

  /// The sum of some of the group's statistics, those of the groups inside included.
  private func statistics(_ names: [String]) -> UInt64 {
    let wanted = names.map { isFirstVersion ? "total_\($0)" : $0 }
    return (SmallFile.text("\(folder)/memory.stat") ?? "").split(separator: "\n").reduce(0) { sum, line in
      let words = line.split(separator: " ")
      guard words.count > 1, wanted.contains(String(words[0])), let value = UInt64(words[1]) else { return sum }
      return sum &+ value
    }
  }

  private func number(_ name: String) -> UInt64? {
    SmallFile.text("\(folder)/\(name)")?.split(whereSeparator: \.isWhitespace).first.flatMap { UInt64($0) }
  }
}
