import ServerSupport
import Testing

@testable import Serving

/// A machine with a loader that works in pieces beside workers that are busy a share of the time.
private final class SimulatedMachine {
  var busyShare: Double
  var processors = 1
  private(set) var time: UInt64 = 5_000_000_000
  private(set) var ownWork: UInt64 = 1_000_000
  private(set) var othersWork: Double = 3_000_000_000
  private(set) var sleeps: [UInt64] = []

  init(busyShare: Double) { self.busyShare = busyShare }

  var clocks: LoadPacer.Clocks {
    LoadPacer.Clocks(
      time: { self.time }, ownWork: { self.ownWork }, allWork: { UInt64(self.othersWork) + self.ownWork },
      sleep: { nanos in
        self.sleeps.append(nanos)
        self.pass(nanos)
      })
  }

  func work(_ nanos: UInt64) {
    ownWork += nanos
    pass(nanos)
  }

  /// The counters start anew.
  func forget() { (othersWork, ownWork) = (0, 0) }

  private func pass(_ nanos: UInt64) {
    time += nanos
    othersWork += Double(nanos) * busyShare * Double(processors)
  }
}

@Suite("How a model is loaded beside calls")
struct LoadPacerTests {
  /// The share of the time in which it works, over one second of work in pieces of `piece` nanoseconds.
  private func share(_ machine: SimulatedMachine, _ pacer: LoadPacer, piece: UInt64) -> Double {
    let (start, worked) = (machine.time, machine.ownWork)
    while machine.ownWork - worked < 1_000_000_000 {
      machine.work(piece)
      pacer.pieceDone()
    }
    return Double(machine.ownWork - worked) / Double(machine.time - start)
  }

  @Test("it works the square of the share of time that workers leave, and a tenth at least")
  func shares() {
    for (busy, expected) in [(0, 1), (0.25, 0.5625), (0.5, 0.25), (0.6, 0.16), (0.7, 0.1), (0.9, 0.1), (1, 0.1)] {
      for processors in [1, 2, 7] {
        let machine = SimulatedMachine(busyShare: busy)
        machine.processors = processors
        let pacer = LoadPacer(processors: processors, clocks: machine.clocks, backlog: { 0 }, isHurried: { false })
        // The first moments, in which it does not know yet.
        _ = share(machine, pacer, piece: 30_000)
        for piece: UInt64 in [10_000, 100_000, 900_000] {
          let share = share(machine, pacer, piece: piece)
          #expect(abs(share - expected) < 0.02 * expected, "\(share) beside \(busy) of \(processors), in \(piece)")
        }
      }
    }
  }

  @Test("until it knows it works a tenth, and it follows when calls come and go")
  func follows() {
    let machine = SimulatedMachine(busyShare: 0)
    let pacer = LoadPacer(processors: 1, clocks: machine.clocks, backlog: { 0 }, isHurried: { false })
    machine.work(300_000)
    pacer.pieceDone()
    #expect(machine.sleeps == [2_700_000])
    _ = share(machine, pacer, piece: 100_000)
    #expect(pacer.busyShare == 0)
    machine.busyShare = 0.8
    // A window of 50 ms in which it works all the time, and another that is half of each.
    for _ in 0..<1_000 {
      machine.work(100_000)
      pacer.pieceDone()
    }
    #expect(abs(pacer.busyShare - 0.8) < 0.01)
    machine.busyShare = 0
    #expect(share(machine, pacer, piece: 100_000) > 0.9)
  }

  @Test("small pieces are put together, no sleep is longer than 50 ms, and who is hurried does not sleep")
  func sleeps() {
    let machine = SimulatedMachine(busyShare: 1)
    let isHurried = Flag()
    let pacer = LoadPacer(
      processors: 1, clocks: machine.clocks, backlog: { 0 }, isHurried: { isHurried.isRaised })
    for _ in 0..<24 {
      machine.work(10_000)
      pacer.pieceDone()
    }
    #expect(machine.sleeps.isEmpty)
    machine.work(10_000)
    pacer.pieceDone()
    machine.work(1_000_000_000)
    pacer.pieceDone()
    #expect(machine.sleeps == [2_250_000, 50_000_000])
    isHurried.raise()
    machine.work(1_000_000_000)
    pacer.pieceDone()
    #expect(machine.sleeps.count == 2)
  }

  @Test("a counter of the others' work that goes back says nothing of workers, and the next window does")
  func oddCounters() {
    let machine = SimulatedMachine(busyShare: 0.5)
    let pacer = LoadPacer(processors: 1, clocks: machine.clocks, backlog: { 0 }, isHurried: { false })
    machine.forget()
    machine.work(60_000_000)
    pacer.pieceDone()
    #expect(machine.sleeps.isEmpty && pacer.busyShare == 0)
    machine.work(60_000_000)
    pacer.pieceDone()
    #expect(abs(pacer.busyShare - 0.5) < 0.01)
  }

  @Test("while calls wait for 2 ms of work or more it stands still, looks each millisecond, and then goes on")
  func queues() {
    let machine = SimulatedMachine(busyShare: 0)
    // What waits, look by look.
    var backlogs: [UInt64] = [1_999_999, 5_000_000, 2_000_000, 1_999_999]
    let pacer = LoadPacer(
      processors: 1, clocks: machine.clocks, backlog: { backlogs.removeFirst() }, isHurried: { false })
    machine.work(60_000_000)
    pacer.pieceDone()
    #expect(machine.sleeps.isEmpty && backlogs.count == 3)
    // Less than a slice: nobody looks.
    machine.work(LoadPacer.sliceNanos - 1)
    pacer.pieceDone()
    #expect(machine.sleeps.isEmpty && backlogs.count == 3)
    machine.work(1)
    pacer.pieceDone()
    #expect(machine.sleeps == [1_000_000, 1_000_000] && backlogs.isEmpty)
  }

  @Test("a queue that does not end is waited for ten seconds in all, not for each piece; and not where it is hurried")
  func patience() {
    let machine = SimulatedMachine(busyShare: 0)
    let isHurried = Flag()
    let pacer = LoadPacer(
      processors: 1, clocks: machine.clocks, backlog: { .max }, isHurried: { isHurried.isRaised })
    for _ in 0..<3 {
      machine.work(60_000_000)
      pacer.pieceDone()
    }
    #expect(machine.sleeps.count == 10_000 && machine.sleeps.allSatisfy { $0 == 1_000_000 })
    let other = LoadPacer(
      processors: 1, clocks: machine.clocks,
      backlog: {
        isHurried.raise()
        return .max
      }, isHurried: { isHurried.isRaised })
    machine.work(60_000_000)
    other.pieceDone()
    #expect(machine.sleeps.count == 10_000)
  }
}
