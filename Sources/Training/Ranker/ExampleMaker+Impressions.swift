import Kernels
import Ranking

extension ExampleMaker {
  /// What was shown and what of it was engaged with, of the later half of the log: one list an impression, with tastes
  /// learned from before the first. Real negatives, where ``temporal(_:examples:progress:)`` has to draw them.
  ///
  /// Impressions without a time, without a positive or without a negative teach no order and are left out.
  func shown(_ impressions: ImpressionList, progress: (Int, Int) -> Void) throws(TrainingError) -> RankingLists {
    var lists = RankingLists(width: signals.count)
    let first = Int(Double(events.count) * Self.warmup)
    guard first > 0, first < events.count else { return lists }
    let half = data.log.times[events[first]]
    let usable = (0..<impressions.count).filter { impression in
      guard let time = impressions.times[impression], time >= half, time.precedes(end) else { return false }
      let labels = impressions.labels[impressions.candidates(of: impression)]
      return labels.contains(true) && labels.contains(false)
    }.sorted { a, b in (impressions.times[a] ?? 0, a) < (impressions.times[b] ?? 0, b) }
    guard let start = usable.first.flatMap({ impressions.times[$0] }) else { return lists }
    let world = try self.world(
      engagements: events.filter { data.log.times[$0] < start },
      edges: order.edges.filter { data.graph.times[$0] < start })
    var replay = Replay(data, order: order, history: world.history)
    var generator = SeededGenerator(seed: seed &+ 2)
    let examiner = MomentExaminer(capacity: max(1, impressions.longest), terms: termCount)
    let share = min(1, Double(listLimit) / Double(usable.count))
    for (number, impression) in usable.enumerated() where generator.uniform() < share {
      let time = impressions.times[impression] ?? start
      replay.advance(before: time)
      let range = impressions.candidates(of: impression)
      examiner.look(
        at: impressions.tweets[range].map { data.tweets.row(of: $0) },
        user: data.users.row(of: impressions.users[impression]), time: time, world: world)
      lists.append(labels: Array(impressions.labels[range])) { examiner.columns[signals[$1]][$0] }
      if lists.count % 500 == 0 { progress(number, usable.count) }
    }
    return lists
  }
}
