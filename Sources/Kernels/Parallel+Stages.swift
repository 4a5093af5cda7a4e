import CIntrinsics
import Dispatch
import Glibc
import Synchronization

extension Parallel {
  /// Turns of waiting for another thread before the CPU is given away.
  private static var patience: Int { 1024 }

  /// Works through the stages again and again, the tasks of a stage on up to ``threads`` threads, a stage after the
  /// other.
  ///
  /// A thread begins with the same tasks each time, so that what they read and write stays in its cache, and then helps
  /// the others. A thread never waits while it holds a task; waiting is short and costs no call to the system, which
  /// makes stages of some microseconds worth sharing.
  ///
  /// - Parameters:
  ///   - taskCounts: tasks of each stage, each at least 1; without stages nothing happens.
  ///   - body: does a task of a stage; may read what earlier stages wrote, and write what belongs to the task or to
  ///     its worker, a number below ``threads``, which does one task at a time.
  ///   - finish: called once after all tasks of a stage, alone; sees and may change everything. Returns whether to go
  ///     on.
  package func forEachStage(
    taskCounts: [Int], _ body: (_ worker: Int, _ stage: Int, _ task: Int) -> Void,
    finish: (_ stage: Int) -> Bool
  ) {
    if taskCounts.isEmpty { return }
    let workers = min(threads, taskCounts.max() ?? 1)
    if workers <= 1 {
      while true {
        for (stage, count) in taskCounts.enumerated() {
          for task in 0..<count { body(0, stage, task) }
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
          var round = board.openRound
          while round != StageBoard.over {
            var done = 0
            while let task = board.take(round: round, worker: worker) {
              body(worker, round % taskCounts.count, task)
              done += 1
            }
            // Told together: what all threads write to travels between their caches each time.
            if board.complete(done, round: round) {
              board.advance(to: finish(round % taskCounts.count) ? round + 1 : StageBoard.over)
            }
            round = Self.wait(for: board, toLeave: round)
          }
        }
      }
    }
  }

  /// The next round that is open.
  private static func wait(for board: StageBoard, toLeave round: Int) -> Int {
    var turns = 0
    while true {
      let open = board.openRound
      if open != round { return open }
      apus_pause()
      turns += 1
      if turns % patience == 0 { sched_yield() }
    }
  }
}
