import Dispatch
import Glibc
import Synchronization

extension Parallel {
  /// Turns of waiting for another thread before the CPU is given away.
  private static var patience: Int { 4096 }

  /// Works through the stages again and again, the tasks of a stage on up to ``threads`` threads, a stage after the
  /// other.
  ///
  /// A thread begins with the same tasks each time, so that what they read and write stays in its cache, and then helps
  /// the others. A thread never waits while it holds a task; waiting is short and costs no call to the system, which
  /// makes stages of some microseconds worth sharing.
  ///
  /// - Parameters:
  ///   - taskCounts: tasks of each stage, each at least 1; without stages nothing happens.
  ///   - body: does a task of a stage; may read what earlier stages wrote, and write what belongs to the task.
  ///   - finish: called once after all tasks of a stage, alone; sees and may change everything. Returns whether to go
  ///     on.
  package func forEachStage(
    taskCounts: [Int], _ body: (_ stage: Int, _ task: Int) -> Void, finish: (_ stage: Int) -> Bool
  ) {
    if taskCounts.isEmpty { return }
    let workers = min(threads, taskCounts.max() ?? 1)
    if workers <= 1 {
      while true {
        for (stage, count) in taskCounts.enumerated() {
          for task in 0..<count { body(stage, task) }
          if !finish(stage) { return }
        }
      }
    }
    let board = StageBoard(taskCounts: taskCounts, lanes: workers)
    withoutActuallyEscaping(body) { body in
      withoutActuallyEscaping(finish) { finish in
        // Tasks are disjoint and stages ordered by this function's contract, which the compiler cannot see.
        nonisolated(unsafe) let (body, finish) = (body, finish)
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
          var (round, turns) = (0, 0)
          while round != StageBoard.over {
            if let task = board.take(round: round, worker: worker) {
              body(round % taskCounts.count, task)
              if board.complete(round: round) {
                board.advance(to: finish(round % taskCounts.count) ? round + 1 : StageBoard.over)
              }
              turns = 0
            } else {
              turns += 1
              if turns % Self.patience == 0 { sched_yield() }
            }
            round = board.openRound
          }
        }
      }
    }
  }
}
