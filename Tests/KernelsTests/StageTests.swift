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
      Parallel(threads: threads).forEachStage(taskCounts: counts) { stage, task in
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

  @Test("it ends where finish says so, and without stages at once")
  func ends() {
    for threads in [1, 4] {
      var finished = 0
      Parallel(threads: threads).forEachStage(taskCounts: [2, 3]) { _, _ in
      } finish: { _ in
        finished += 1
        return finished < 3
      }
      #expect(finished == 3)
      Parallel(threads: threads).forEachStage(taskCounts: []) { _, _ in
      } finish: { _ in
        finished += 1
        return true
      }
      #expect(finished == 3)
    }
  }
}
