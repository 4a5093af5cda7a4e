import Synchronization

/// Which tasks of ``Parallel/forEachStage(taskCounts:_:finish:)`` are taken and done. A round is a stage of one
/// repetition.
///
/// Tasks of a stage are dealt to lanes in contiguous ranges; each lane has a counter that only grows, over all rounds.
final class StageBoard: Sendable {
  /// The round after the last.
  static let over = Int.max

  /// A counter with a cache line (and its neighbour) to itself.
  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
    private let padding: InlineArray<16, Int> = .init(repeating: 0)
  }

  /// Tasks of each stage.
  private let taskCounts: [Int]
  /// [lanes] [stages + 1] the lane's tasks before each stage.
  private let laneStarts: [[Int]]
  /// [lanes] tasks taken from the lane.
  private let taken: [Counter]
  private let done = Counter()
  private let open = Counter()

  init(taskCounts: [Int], lanes: Int) {
    self.taskCounts = taskCounts
    laneStarts = (0..<lanes).map { lane in
      taskCounts.reduce(into: [0]) { starts, count in
        starts.append(starts[starts.count - 1] + count * (lane + 1) / lanes - count * lane / lanes)
      }
    }
    taken = (0..<lanes).map { _ in Counter() }
  }

  /// The round whose tasks may be taken.
  var openRound: Int { open.value.load(ordering: .acquiring) }

  /// Lets the tasks of a round be taken, after all of the round before are done.
  func advance(to round: Int) {
    done.value.store(0, ordering: .relaxed)
    open.value.store(round, ordering: .releasing)
  }

  /// A task of an open round, from the worker's own lane if there is one left; nil if all are taken.
  func take(round: Int, worker: Int) -> Int? {
    let lanes = taken.count
    let (repetition, stage) = round.quotientAndRemainder(dividingBy: taskCounts.count)
    for step in 0..<lanes {
      let lane = (worker + step) % lanes
      let starts = laneStarts[lane]
      let before = repetition * starts[taskCounts.count]
      let end = before + starts[stage + 1]
      var next = taken[lane].value.load(ordering: .relaxed)
      while next < end {
        let exchange = taken[lane].value.weakCompareExchange(
          expected: next, desired: next + 1, ordering: .relaxed)
        if exchange.exchanged {
          return taskCounts[stage] * lane / lanes + next - before - starts[stage]
        }
        next = exchange.original
      }
    }
    return nil
  }

  /// Notes that some tasks are done; returns whether the round's last was among them.
  func complete(_ tasks: Int, round: Int) -> Bool {
    if tasks == 0 { return false }
    let count = done.value.wrappingAdd(tasks, ordering: .acquiringAndReleasing).newValue
    return count == taskCounts[round % taskCounts.count]
  }
}
