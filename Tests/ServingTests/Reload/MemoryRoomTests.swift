import Foundation
import Testing

@testable import Serving

/// Files as the kernel has them, of machines that the tests do not run on.
@Suite("Room for another model")
struct MemoryRoomTests {
  private let folder: TemporaryFolder
  private var room: MemoryRoom

  init() throws {
    folder = try TemporaryFolder()
    room = MemoryRoom(
      processes: folder.file("proc"), groups: folder.file("cgroup"), addressSpace: { nil })
    try put("proc/meminfo", "MemTotal:  8000000 kB\nMemAvailable:    4000 kB\n")
    try put("proc/self/statm", "1000 10 10 1 0 10 0\n")
  }

  private func put(_ name: String, _ text: String) throws {
    let path = folder.file(name)
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  @Test("F60: of machine and address space the one that leaves less counts, and a model that needs more is refused")
  mutating func F60_theLeastCounts() throws {
    #expect(room.rest == .init(bytes: 4_000 << 10, limit: "the machine"))
    try room.check(bytes: 4_000 << 10)
    let (fixed, more) = (room, (4_000 << 10) + 1)
    #expect(throws: ReloadError.self) { try fixed.check(bytes: more) }
    let page = Int(getpagesize())
    room.addressSpace = { 1_100 * page }
    #expect(room.rest == .init(bytes: 100 * page, limit: "the limit of address space"))
    room.addressSpace = { 900 * page }
    #expect(room.rest?.bytes == 0)
    // Where the kernel tells nothing, nothing is refused.
    try FileManager.default.removeItem(atPath: folder.file("proc"))
    #expect(room.rest == nil)
    try room.check(bytes: .max)
  }

  @Test("F60: of control groups, of both versions, each around the process counts; what is cached of files is left")
  func F60_groups() throws {
    try put("proc/self/cgroup", "0::/apps/apus\n")
    try put("cgroup/apps/apus/memory.max", "max\n")
    try put("cgroup/apps/apus/memory.current", "700000\n")
    #expect(room.rest?.limit == "the machine")
    try put("cgroup/apps/memory.max", "2000000\n")
    try put("cgroup/apps/memory.current", "1900000\n")
    #expect(room.rest == .init(bytes: 100_000, limit: "the control group's memory.max"))
    try put("cgroup/apps/memory.stat", "anon 5\ninactive_file 30000\nactive_file 4000\n")
    #expect(room.rest?.bytes == 134_000)
    try put("cgroup/apps/apus/memory.max", "750000\n")
    #expect(room.rest?.bytes == 50_000)
    // A container of version 1: the path is that outside, and its own group stands at the root.
    try put("proc/self/cgroup", "12:cpu,cpuacct:/x\n5:memory:/docker/0123\n0::/\n")
    try put("cgroup/memory/memory.limit_in_bytes", "900000\n")
    try put("cgroup/memory/memory.usage_in_bytes", "890000\n")
    try put("cgroup/memory/memory.stat", "total_inactive_file 100\ntotal_active_file 23\n")
    #expect(room.rest == .init(bytes: 10_123, limit: "the control group's memory.limit_in_bytes"))
    try put("cgroup/memory/memory.usage_in_bytes", "990000\n")
    #expect(room.rest?.bytes == 0)
  }
}
