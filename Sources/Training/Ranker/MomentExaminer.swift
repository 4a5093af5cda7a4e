import Ranking

/// Looks at candidates as of a moment: one call of ``MomentSignals`` with its memory.
final class MomentExaminer {
  let capacity: Int
  private let scratch: MomentScratch
  private let memory: UnsafeMutablePointer<Float>
  private let candidates: UnsafeMutablePointer<CandidateFacts>
  let columns: SignalColumns

  init(capacity: Int, terms: Int) {
    self.capacity = capacity
    scratch = MomentScratch(capacity: capacity, terms: terms)
    let count = Signal.allCases.count * capacity
    memory = .allocate(capacity: count)
    memory.initialize(repeating: 0, count: count)
    candidates = .allocate(capacity: capacity)
    columns = SignalColumns(base: memory, capacity: capacity)
  }

  deinit {
    memory.deallocate()
    candidates.deallocate()
  }

  /// Fills ``columns``; no more tweets than ``capacity``.
  func look(
    at tweets: [UInt32], user: UInt32, time: Int64, world: MomentWorld, hiding hidden: HiddenFacts = .nothing
  ) {
    precondition(tweets.count <= capacity, "\(tweets.count) candidates for memory of \(capacity)")
    for (i, tweet) in tweets.enumerated() {
      (candidates + i).initialize(to: hidden.seen(world.facts.candidate(tweet)))
    }
    MomentSignals.compute(
      user: user, time: time, candidates: .init(start: candidates, count: tweets.count), world: world,
      scratch: scratch, columns: columns)
  }
}
