import Feedback
import Foundation

/// A folded state whose tables are all full, and the memory that it takes.
struct FullState: Encodable {
  /// What ``FoldLimits/bytes`` says.
  let limit: Int
  /// What the process has in memory for it.
  let resident: Int
  /// Events that were folded.
  let events: Int
  /// Seconds that making a snapshot of it takes, without writing it.
  let snapshotSeconds: Double

  /// Fills tables of the default limits divided by `divisor`.
  init(divisor: Int) {
    var limits = FoldLimits()
    limits.armDays /= divisor
    limits.trends /= divisor
    limits.users /= divisor
    limits.rankings /= divisor
    limits.rankedItems /= divisor
    limits.waitingEvents /= divisor
    limits.recentKeys /= divisor
    let before = Self.residentBytes()
    let state = FoldedState(limits: limits)
    // A ranking has some eight events, and one in sixteen is not known.
    let rankings = 2 * limits.rankings + 16 * limits.waitingEvents / 8
    var (known, unknown) = (Traffic(namesKnownRankings: true), Traffic(namesKnownRankings: false, seed: 2))
    var events = 0
    for number in 0..<rankings {
      let batch =
        number % 16 == 0
        ? unknown.next(8) { _ in } : known.next(8) { state.apply(.ranking($0)) }
      for event in batch { state.apply(.event(event, isUnmatched: number % 16 == 0)) }
      events += batch.count
    }
    self.events = events
    limit = limits.bytes
    resident = Self.residentBytes() - before
    let clock = ContinuousClock()
    var digest: UInt64 = 0
    snapshotSeconds = clock.measure { digest = state.digest() } / .seconds(1)
    precondition(digest != 0)
  }

  private static func residentBytes() -> Int {
    let pages = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
    return (pages.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
  }

  func printJSON() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    print(String(decoding: try encoder.encode(self), as: UTF8.self))
  }
}
