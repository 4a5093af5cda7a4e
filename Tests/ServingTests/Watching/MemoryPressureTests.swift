import Testing

@testable import Serving

@Suite("Levels of memory")
struct MemoryPressureTests {
  private func level(_ percent: Double, after before: MemoryPressure = .calm) -> MemoryPressure {
    MemoryPressure.level(usedBytes: UInt64(percent * 1_000_000), limitBytes: 100_000_000, after: before)
  }

  @Test("caches shrink at 85 %, connections are refused at 92 %, rankings at 95 %")
  func F45_levelsBegin() {
    let expected: [(Double, MemoryPressure)] = [
      (0, .calm), (84.9, .calm), (85, .shrinking), (91.9, .shrinking), (92, .refusingConnections),
      (94.9, .refusingConnections), (95, .refusingRankings), (100, .refusingRankings), (250, .refusingRankings),
    ]
    for (percent, pressure) in expected { #expect(level(percent) == pressure, "\(percent)") }
  }

  @Test("a level ends two points below its beginning, so that it does not come and go")
  func F45_levelsEndLater() {
    #expect(level(93.1, after: .refusingRankings) == .refusingRankings)
    #expect(level(92.9, after: .refusingRankings) == .refusingConnections)
    #expect(level(90.1, after: .refusingConnections) == .refusingConnections)
    #expect(level(89.9, after: .refusingConnections) == .shrinking)
    #expect(level(83.1, after: .shrinking) == .shrinking)
    #expect(level(82.9, after: .shrinking) == .calm)
    #expect(level(0, after: .refusingRankings) == .calm)
    // Rising is never held back.
    for before in MemoryPressure.allCases { #expect(level(96, after: before) == .refusingRankings) }
  }

  @Test("a level is never lower for more memory in use, whatever was before")
  func F45_levelsAreMonotonic() {
    for before in MemoryPressure.allCases {
      let levels = stride(from: 0.0, through: 110, by: 0.1).map { level($0, after: before) }
      #expect(levels == levels.sorted())
    }
  }

  @Test("without a limit all is calm, and numbers of any size are numbers")
  func F45_oddNumbers() {
    #expect(MemoryPressure.level(usedBytes: .max, limitBytes: 0, after: .refusingRankings) == .calm)
    #expect(MemoryPressure.level(usedBytes: .max, limitBytes: 1, after: .calm) == .refusingRankings)
    #expect(MemoryPressure.level(usedBytes: 1, limitBytes: .max, after: .calm) == .calm)
  }
}
