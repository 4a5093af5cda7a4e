import Ranking
import Testing
import Wire

@testable import Serving

/// More calls than can be answered, in simulated time: the run queue, the cost model, the admission and the ladder as the
/// server has them, and nothing that depends on the machine.
@Suite("Overload, in simulated time")
struct OverloadTests {
  /// Good answers a second at saturation.
  private static let peak: Double = {
    var worker = SimulatedWorker(seed: 1)
    worker.rates = { _ in [.ordinary: SimulatedWorker.Costs().saturation] }
    worker.counted = 0.5..<1.5
    worker.run(seconds: 1.7)
    return Double(worker.total.good)
  }()

  @Test("2, 3 and 10 times saturation: goodput, waits within the budget, refusals at once", arguments: [2.0, 3, 10])
  func F36_overload(times: Double) {
    var worker = SimulatedWorker(seed: UInt64(times))
    worker.rates = { _ in [.ordinary: times * SimulatedWorker.Costs().saturation] }
    worker.counted = 0.5..<1.5
    worker.run(seconds: 1.75)
    let tally = worker.total
    #expect(Double(tally.good) >= (times > 3 ? 0.9 : 0.95) * Self.peak, "\(tally.good) of \(Self.peak)")
    #expect(tally.quantile(0.99, of: tally.waits) <= 200 && tally.late == 0)
    #expect(tally.quantile(0.99, of: tally.refusalWaits) <= 5)
    // Who is admitted is answered: next to nobody waits in vain.
    #expect(Double(tally.expired) <= 0.01 * Double(tally.good), "\(tally.expired) expired")
    #expect(worker.longest < Limits().queuedCalls / 2)
    #expect(tally.good + tally.expired + tally.refused + tally.late == tally.arrived)
  }

  @Test("without a ladder that makes answers cheaper, three times saturation still costs less than a twentieth")
  func F36_admissionAlone() {
    var worker = SimulatedWorker(seed: 7)
    worker.costs.shares = [1, 1, 1, 1]
    worker.rates = { _ in [.ordinary: 3 * SimulatedWorker.Costs().saturation] }
    worker.counted = 0.5..<1.5
    worker.run(seconds: 1.75)
    #expect(Double(worker.total.good) >= 0.95 * Self.peak && worker.total.expired == 0)
    #expect(worker.total.quantile(0.99, of: worker.total.waits) <= 120, "half of the budget, and little more")
  }

  @Test("a step from 1 to 3 times saturation: no answer takes longer than the budget, from the first moment on")
  func F37_step() {
    var worker = SimulatedWorker(seed: 3)
    worker.rates = { time in [.ordinary: (time < 0.5 ? 1 : 3) * SimulatedWorker.Costs().saturation] }
    worker.run(seconds: 1.2)
    for (hundredth, wait) in worker.worstWaits { #expect(wait <= 200, "\(wait) ms at \(hundredth) hundredths") }
    #expect(worker.total.expired == 0 && worker.total.late == 0 && worker.total.refused > 0)
  }

  @Test("twelve times as many sheddable calls: every critical call is answered, and no default one is refused")
  func F38_spikeOfSheddableCalls() throws {
    let saturation = SimulatedWorker.Costs().saturation
    var worker = SimulatedWorker(seed: 4)
    worker.rates = { time in
      [.critical: 0.3 * saturation, .ordinary: 0.2 * saturation, .sheddable: (time < 0.4 ? 0.4 : 4.8) * saturation]
    }
    worker.counted = 0.4..<1.4
    worker.run(seconds: 1.7)
    let (critical, ordinary) = (try #require(worker.tallies[.critical]), try #require(worker.tallies[.ordinary]))
    let sheddable = try #require(worker.tallies[.sheddable])
    #expect(critical.good == critical.arrived && critical.arrived > 1_000)
    #expect(Double(ordinary.good) >= 0.999 * Double(ordinary.arrived))
    #expect(sheddable.refused > sheddable.good && sheddable.good > 1_000)
    #expect(Double(sheddable.expired) <= 0.02 * Double(sheddable.good), "refused early or answered")
    #expect(worker.lowest == .full, "nobody's answers get worse because of calls that may be shed")
  }

  @Test("clients that try again three times, at once: it is over a second after the load has gone back")
  func F39_retryStorm() {
    let saturation = SimulatedWorker.Costs().saturation
    var worker = SimulatedWorker(seed: 5)
    worker.costs.shares = [1, 1, 1, 1]
    worker.retries = 3
    worker.rates = { time in [.ordinary: (time > 0.3 && time < 1 ? 2.5 : 0.8) * saturation] }
    worker.counted = 2.0..<3.0
    worker.run(seconds: 3.2)
    let tally = worker.total
    #expect(tally.refused == 0 && tally.expired == 0 && tally.good == tally.arrived, "\(tally.refused) refused")
    #expect(tally.quantile(0.99, of: tally.waits) < 100)
    #expect(worker.last == .full, "in full again")
  }

  @Test(
    "a fifth of the processor, evenly or as a quota: who is admitted is answered in time", arguments: [false, true])
  func F42_stolenProcessor(isQuota: Bool) {
    var worker = Self.robbed(isQuota: isQuota)
    worker.counted = 2.0..<3.0
    worker.run(seconds: 3.1)
    let tally = worker.total
    #expect(Double(tally.good) >= 0.85 * 0.2 * Self.peak, "\(tally.good) with a fifth of the processor")
    #expect(Double(tally.expired + tally.late) <= 0.02 * Double(tally.good), "\(tally.expired), \(tally.late)")
    #expect(tally.quantile(0.99, of: tally.waits) <= 200)
    var later = Self.robbed(isQuota: isQuota)
    later.counted = 4.0..<4.5
    later.run(seconds: 4.6)
    #expect(later.total.refused == 0 && later.total.good == later.total.arrived, "a second after it is over")
  }

  /// A worker at 0.9 of saturation which for two seconds has a fifth of the processor: of each moment, or 20 ms of every 100.
  private static func robbed(isQuota: Bool) -> SimulatedWorker {
    var worker = SimulatedWorker(seed: 6)
    worker.rates = { _ in [.ordinary: 0.9 * SimulatedWorker.Costs().saturation] }
    func isRobbed(_ time: Double) -> Bool { time > 1 && time < 3 }
    if isQuota {
      worker.resumes = { time in
        let phase = (time * 10).truncatingRemainder(dividingBy: 1)
        return isRobbed(time) && phase > 0.2 ? (time * 10).rounded(.up) / 10 : time
      }
    } else {
      worker.slowness = { isRobbed($0) ? 5 : 1 }
    }
    return worker
  }

  @Test("calls of very different sizes are judged by what they cost, not by their number")
  func costsOfSizes() {
    var worker = SimulatedWorker(seed: 8)
    worker.costs.shares = [1, 1, 1, 1]
    worker.units = { generator in generator.below(10) == 0 ? 400 : 20 }
    // 58 candidates on average, of 0.4 µs each.
    worker.rates = { _ in [.ordinary: 3 * 1e9 / (2_000 + 58 * 400)] }
    worker.counted = 0.3..<0.8
    worker.run(seconds: 1)
    let tally = worker.total
    #expect(tally.expired == 0 && tally.late == 0 && tally.refused > 0)
    #expect(tally.quantile(0.99, of: tally.waits) <= 130)
  }

  @Test("the same seed gives the same run")
  func determinism() {
    func run() -> [Int] {
      var worker = SimulatedWorker(seed: 9)
      worker.rates = { _ in [.ordinary: 2 * SimulatedWorker.Costs().saturation] }
      worker.run(seconds: 0.3)
      return [worker.total.arrived, worker.total.good, worker.total.refused]
    }
    #expect(run() == run())
  }
}
