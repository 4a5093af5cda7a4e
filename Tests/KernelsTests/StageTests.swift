import Synchronization
import Testing

@testable import Kernels

@Suite("Parallel stages")
struct StageTests {
  @Test(
    "each task is done once a repetition, after the stage before, on any number of threads", arguments: [1, 2, 3, 8])
  func order(threads: Int) {
    let counts = [5, 1, 3, 16]
    let repetitions = 50
    let starts = [0, 5, 6, 9]
    // One entry per task: what it was last told to be in.
    var seen = [Int](repeating: -1, count: 25)
    var finished: [Int] = []
    var mistakes = 0
    seen.withUnsafeMutableBufferPointer { seen in
      Parallel(threads: threads).forEachStage(taskCounts: counts) { _, stage, task in
        seen[starts[stage] + task] += 1
      } finish: { stage in
        let repetition = finished.count / counts.count
        if finished.count % counts.count != stage { mistakes += 1 }
        for (index, value) in seen.enumerated() {
          let done = index < starts[stage] + counts[stage] ? repetition : repetition - 1
          if value != done { mistakes += 1 }
        }
        finished.append(stage)
        return finished.count < repetitions * counts.count
      }
    }
    #expect(mistakes == 0)
    #expect(finished.count == repetitions * counts.count)
    #expect(seen.allSatisfy { $0 == repetitions - 1 })
  }

  @Test("a worker has a number below the threads and does one task at a time", arguments: [1, 2, 3, 8])
  func workers(threads: Int) {
    let busy = (0..<threads).map { _ in Busy() }
    let tasks = Atomic<Int>(0)
    var finished = 0
    Parallel(threads: threads).forEachStage(taskCounts: [40, 3]) { worker, _, _ in
      let wasBusy = busy[worker].flag.exchange(true, ordering: .acquiring)
      #expect(!wasBusy)
      tasks.wrappingAdd(1, ordering: .relaxed)
      busy[worker].flag.store(false, ordering: .releasing)
    } finish: { _ in
      finished += 1
      return finished < 60
    }
    #expect(tasks.load(ordering: .relaxed) == 30 * 43)
  }

  /// Whether a worker is at a task.
  private final class Busy: Sendable {
    let flag = Atomic<Bool>(false)
  }

  @Test("it ends where finish says so, and without stages at once")
  func ends() {
    for threads in [1, 4] {
      var finished = 0
      Parallel(threads: threads).forEachStage(taskCounts: [2, 3]) { _, _, _ in
      } finish: { _ in
        finished += 1
        return finished < 3
      }
      #expect(finished == 3)
      Parallel(threads: threads).forEachStage(taskCounts: []) { _, _, _ in
      } finish: { _ in
        finished += 1
        return true
      }
      #expect(finished == 3)
    }
  }
}
