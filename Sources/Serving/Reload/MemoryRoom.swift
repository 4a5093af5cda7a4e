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
    Self.value("MemAvailable:", of: text("\(processes)/meminfo")).map { Rest(bytes: $0 << 10, limit: "the machine") }
  }

  private var addresses: Rest? {
    guard let limit = addressSpace(), let pages = text("\(processes)/self/statm")?.split(separator: " ").first,
      let used = Int(pages)
    else { return nil }
    return Rest(bytes: max(0, limit - used * Int(getpagesize())), limit: "the limit of address space")
  }

  /// Of each control group that the process is in, and of each around it. In a container the path may be that outside of
  /// it, which is not there; the container's own group then stands at the root.
  private var groupLimits: [Rest] {
    var found: [Rest] = []
    for line in (text("\(processes)/self/cgroup") ?? "").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isFirst = parts[1].split(separator: ",").contains("memory")
      guard isFirst || parts[1].isEmpty else { continue }
      var folder = parts[2].split(separator: "/")
      while true {
        let path = ([groups] + (isFirst ? ["memory"] : []) + folder.map(String.init)).joined(separator: "/")
        if let rest = isFirst ? limitOfVersion1(path) : limitOfVersion2(path) { found.append(rest) }
        if folder.popLast() == nil { break }
      }
    }
    return found
  }

  private func limitOfVersion2(_ path: String) -> Rest? {
    rest(
      path, limit: "memory.max", usage: "memory.current", files: ["inactive_file", "active_file"])
  }

  private func limitOfVersion1(_ path: String) -> Rest? {
    rest(
      path, limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes",
      files: ["total_inactive_file", "total_active_file"])
  }

  /// What is cached of files counts as left: the kernel gives it up before it kills anybody.
  private func rest(_ path: String, limit: String, usage: String, files: [String]) -> Rest? {
    guard let most = number("\(path)/\(limit)"), let used = number("\(path)/\(usage)") else { return nil }
    let statistics = text("\(path)/memory.stat")
    let cached = files.reduce(0) { $0 + (Self.value($1, of: statistics) ?? 0) }
    return Rest(bytes: max(0, most - max(0, used - cached)), limit: "the control group's \(limit)")
  }

  // MARK: Files of the kernel

  private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

  /// The file's one number; nil where it says `max`.
  private func number(_ path: String) -> Int? {
    text(path).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  /// The number behind a name at the beginning of a line.
  private static func value(_ name: String, of text: String?) -> Int? {
    for line in (text ?? "").split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count > 1, words[0] == name { return Int(words[1]) }
    }
    return nil
  }

  private static func addressSpaceLimit() -> Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
    return Int(exactly: limit.rlim_cur)
  }
}
