import Foundation
import Testing

@testable import Kernels

@Suite("Processors")
struct ProcessorsTests {
  /// The numbers of a list of the kernel's such as "0-3,8".
  private func numbers(_ list: some StringProtocol) -> Set<Int> {
    let ends = list.split(separator: ",").map { $0.split(separator: "-").compactMap { Int($0) } }
    return Set(ends.flatMap { Array($0[0]...$0[$0.count - 1]) })
  }

  @Test("the process may run on those that the kernel lists, and this thread runs on one of them")
  func allowed() throws {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
    let line = try #require(status.first { $0.hasPrefix("Cpus_allowed_list:") })
    let listed = numbers(try #require(line.split(whereSeparator: \.isWhitespace).last))
    let online = try String(contentsOfFile: "/sys/devices/system/cpu/online", encoding: .utf8)
    #expect(Processors.allowed == listed.intersection(numbers(online.trimmingCharacters(in: .whitespacesAndNewlines))))
    #expect(Processors.allowed.contains(Processors.current))
  }

  @Test("a thread runs where it is confined to, others do not care, and it is not moved where it may not run")
  func confines() throws {
    let allowed = Processors.allowed
    let done = DispatchSemaphore(value: 0)
    nonisolated(unsafe) var seen: [Int: Int] = [:]
    nonisolated(unsafe) var refused = 0
    let thread = Thread {
      for number in allowed where Processors.confine(to: [number]) { seen[number] = Processors.current }
      let nowhere: [Set<Int>] = [[], [-1], [8_191], [1 << 40]]
      refused = nowhere.count { !Processors.confine(to: $0) }
      done.signal()
    }
    thread.start()
    done.wait()
    #expect(seen == Dictionary(uniqueKeysWithValues: allowed.map { ($0, $0) }))
    #expect(refused == 4)
    #expect(Processors.allowed == allowed)
  }
}
