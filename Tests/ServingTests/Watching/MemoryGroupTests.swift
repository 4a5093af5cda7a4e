import Foundation
import Testing

@testable import Serving

@Suite("Memory of a control group")
struct MemoryGroupTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func put(_ files: [String: String]) throws {
    for (name, text) in files {
      let url = URL(fileURLWithPath: folder.file(name))
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
  }

  private func share() -> MemoryProbe.Share? {
    MemoryGroup.own(root: folder.path, table: folder.file("table"))?.read()
  }

  @Test("version 2: the limit of the group, less what can be given back at once")
  func F45_second() throws {
    try put([
      "table": "0::/apus.slice/one\n", "apus.slice/one/memory.max": "1000000\n",
      "apus.slice/one/memory.current": "900000\n", "apus.slice/one/memory.stat": "anon 5\ninactive_file 150000\nx 1\n",
    ])
    #expect(share() == MemoryProbe.Share(usedBytes: 750_000, limitBytes: 1_000_000))
  }

  @Test("a group without a limit has its parent's; in a container the group is the root's")
  func F45_parents() throws {
    try put([
      "table": "0::/kubepods/a/b\n", "kubepods/a/b/memory.max": "max\n", "kubepods/a/b/memory.current": "7\n",
      "kubepods/a/memory.max": "4000\n", "kubepods/a/memory.current": "3000\n",
    ])
    #expect(share() == MemoryProbe.Share(usedBytes: 3_000, limitBytes: 4_000))
    try put(["table": "0::/not/visible/here\n", "memory.max": "5000\n", "memory.current": "1\n"])
    #expect(share() == MemoryProbe.Share(usedBytes: 1, limitBytes: 5_000))
  }

  @Test("version 1: the controller named memory; its number for no limit is none")
  func F45_first() throws {
    try put([
      "table": "5:cpu,cpuacct:/x\n4:memory:/one\n0::/\n", "memory/one/memory.limit_in_bytes": "2000\n",
      "memory/one/memory.usage_in_bytes": "1500\n", "memory/one/memory.stat": "total_inactive_file 500\n",
    ])
    #expect(share() == MemoryProbe.Share(usedBytes: 1_000, limitBytes: 2_000))
    try put(["memory/one/memory.limit_in_bytes": "9223372036854771712\n"])
    #expect(share() == nil)
  }

  @Test("no group, or files that make no sense, are no limit")
  func F45_none() throws {
    #expect(share() == nil)
    for text in ["", "garbage", "0:", "0::/\n4:memory:", "::::::\n"] {
      try put(["table": text, "memory.max": "-3\n", "memory.current": "x"])
      #expect(share() == nil, "\(text)")
    }
    #expect(MemoryProbe.residentBytes() > 1 << 20)
    let reading = MemoryProbe(limitBytes: 1 << 40, group: nil).read()
    #expect(reading.shares == [MemoryProbe.Share(usedBytes: reading.residentBytes, limitBytes: 1 << 40)])
  }
}
