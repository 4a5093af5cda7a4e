import ServerSupport
import Testing
import Wire

@testable import Serving

@Suite("Histograms of phases")
struct PhaseHistogramsTests {
  private func counts(_ description: PhaseDescription) -> [UInt32: UInt64] {
    Dictionary(uniqueKeysWithValues: zip(description.buckets, description.counts))
  }

  @Test("what was added by several workers comes back as counts, sums and the longest, for each phase by itself")
  func merged() {
    let workers = (0..<3).map { _ in PhaseHistograms() }
    var expected: [Phase: [UInt64]] = [:]
    var dice = Dice(88)
    for i in 0..<20_000 {
      let phase = Phase.allCases[i % (Phase.allCases.count - 1)]
      // Of all lengths, zero too.
      let nanos = dice.next() >> (3 + dice.below(62))
      workers[i % 3].add(phase, nanos: nanos)
      expected[phase, default: []].append(nanos)
    }
    let all = PhaseHistograms.merged(workers)
    #expect(all.map(\.name) == Phase.allCases.map { "\($0)" })
    for (phase, description) in zip(Phase.allCases, all) {
      let nanos = expected[phase] ?? []
      let byBucket = nanos.reduce(into: [UInt32: UInt64]()) {
        $0[UInt32(DurationBuckets.index(ofNanos: $1)), default: 0] += 1
      }
      #expect(counts(description) == byBucket && description.buckets == description.buckets.sorted())
      #expect(description.sumNanos == nanos.reduce(0, &+) && description.longestNanos == nanos.max() ?? 0)
    }
  }

  @Test("who reads while another writes sees counts that only grow, and at last all")
  func readWhileWritten() throws {
    let histograms = PhaseHistograms()
    let total = 200_000
    let writer = Background { for i in 0..<total { histograms.add(.score, nanos: UInt64(i)) } }
    var last: UInt64 = 0
    while last < UInt64(total) {
      let now = PhaseHistograms.merged([histograms])[Phase.score.rawValue].counts.reduce(0, +)
      #expect(now >= last)
      last = now
    }
    try writer.join()
    let sum = PhaseHistograms.merged([histograms])[Phase.score.rawValue].sumNanos
    #expect(sum == UInt64(total) * UInt64(total - 1) / 2)
  }

  @Test("a phase that a call goes through twice counts once, with both times; what is discarded never counts")
  func phaseTimes() {
    var times = PhaseTimes()
    times.add(.score, nanos: 5)
    times.add(.queue, nanos: 7)
    times.add(.score, nanos: 11)
    var seen: [Phase: UInt64] = [:]
    times.forEach { seen[$0] = $1 }
    #expect(seen == [.score: 16, .queue: 7])

    let histograms = PhaseHistograms()
    let clock = CallClock(histograms: histograms)
    clock.begin(callID: 1, arrivedNanos: 0)
    clock.end(.decode)
    clock.discard()
    #expect(PhaseHistograms.merged([histograms]).allSatisfy { $0.counts.isEmpty })
    clock.begin(callID: 1, arrivedNanos: 0)
    clock.finish(isAnswered: false)
    let described = PhaseHistograms.merged([histograms])
    #expect(described.filter { !$0.counts.isEmpty }.map(\.name) == ["queue"])
  }
}
