import Kernels
import Ranking

extension ExampleMaker {
  /// Negatives of a list of unseen tweets.
  static let unseenNegatives = 24

  /// For logs without times: tweets hidden with all their engagements, as if they had just been written, and asked for
  /// beside others hidden with them. What ``temporal(_:examples:progress:)`` learns of new tweets, but for their age.
  func unseen(
    _ sampler: NegativeSampler, examples: inout TypeExamples, progress: (Int, Int) -> Void
  ) throws(TrainingError) -> RankingLists {
    var lists = RankingLists(width: signals.count)
    var generator = SeededGenerator(seed: seed &+ 3)
    let parts = (0..<data.tweets.count).map { _ in generator.below(Self.hidings) }
    for hiding in 0..<Self.hidings where lists.count < listLimit {
      progress(hiding, Self.hidings)
      let hidden = events.filter { parts[Int(data.log.tweets[$0])] == hiding }
      let pool = Set(hidden.map { data.log.tweets[$0] }).sorted()
      guard pool.count > 1 else { continue }
      let (world, now) = try self.world(hiding: HiddenEvents(hidden, of: data))
      let examiner = MomentExaminer(capacity: 1 + Self.unseenNegatives, terms: termCount)
      let share = min(1, Double(listLimit - lists.count) / Double(hidden.count))
      for row in hidden where generator.uniform() < share {
        let user = data.log.users[row]
        var tweets = [data.log.tweets[row]]
        for _ in 0..<Self.unseenNegatives {
          let other = pool[generator.below(pool.count)]
          if !sampler.isEngaged(user, other), !tweets.contains(other) { tweets.append(other) }
        }
        append(tweets, user: user, time: now, world, examiner, to: &lists)
        if tweets.count > 1 { append(row, examiner, to: &examples) }
      }
    }
    return lists
  }
}
