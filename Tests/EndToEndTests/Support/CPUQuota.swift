import Foundation
import Glibc

/// A control group that leaves a process a share of one processor, by stopping it for the rest of each tenth of a second;
/// needs the right to make such groups. The process must be gone before this is.
final class CPUQuota {
  /// The two versions of control groups: where they are, and how they say a quota.
  private enum Version: CaseIterable {
    case first, second

    var root: String { self == .first ? "/sys/fs/cgroup/cpu" : "/sys/fs/cgroup" }
    var file: String { self == .first ? "cpu.cfs_quota_us" : "cpu.max" }
    var none: String { self == .first ? "-1" : "max" }
  }

  private let version: Version
  private let folder: String

  /// Whether groups with a quota can be made here.
  static let isPermitted = (try? CPUQuota(share: 1)) != nil

  /// A group without a process.
  /// - Parameter share: of one processor, above 0.01.
  init(share: Double) throws {
    let name = "apus-test-\(UUID().uuidString)"
    for version in Version.allCases {
      let folder = "\(version.root)/\(name)"
      guard mkdir(folder, 0o755) == 0 else { continue }
      // A period of 100 ms is what the kernel begins with.
      if Self.write("\(Int(share * 100_000))", to: "\(folder)/\(version.file)") {
        (self.version, self.folder) = (version, folder)
        return
      }
      rmdir(folder)
    }
    throw CocoaError(.fileWriteNoPermission)
  }

  deinit { rmdir(folder) }

  /// Puts a process with all its threads into the group.
  func hold(_ pid: pid_t) -> Bool { Self.write("\(pid)", to: "\(folder)/cgroup.procs") }

  /// Takes the quota away.
  func lift() -> Bool { Self.write(version.none, to: "\(folder)/\(version.file)") }

  /// Such a file takes a value in one piece, and says by that whether it does.
  private static func write(_ text: String, to path: String) -> Bool {
    let descriptor = open(path, O_WRONLY)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count
  }
}
