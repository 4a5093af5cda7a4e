import Glibc
import Kernels
import Ranking

/// Makes the lists that the blend learns from.
struct ExampleMaker {
  /// Share of the log, from its start, that tastes are learned from before the first list.
  static let warmup = 0.5
  /// Times that a part of the log is hidden, and one over that part.
  static let hidings = 4
  /// Negatives of a retrospective list.
  static let retrospectiveNegatives = 30

  let data: TrainingData
  let order: EventOrder
  let signals: [Signal]
  let termCount: Int
  /// The part of the log to learn from, in order of time.
  let events: [Int]
  /// The end of that part; nil where all of the log is.
  let end: Int64?
  let tastes: TasteBuilder
  /// Lists of either kind at most; of a longer log a part is drawn.
  let listLimit: Int
  let seed: UInt64

  /// A world in which nothing has happened yet, with tastes learned from this part of the log and of the graph.
  func world(engagements: [Int], edges: [Int]) throws(TrainingError) -> MomentWorld {
    let tables = try tastes.build(engagements: engagements, edges: edges)
    let history = History(facts: tastes.facts, people: data.users.count, tags: tastes.tags, terms: termCount)
    return MomentWorld(facts: tastes.facts, history: history, tastes: tables)
  }

  /// The world at the end of this part of the log, had the hidden events not happened, and a moment after that.
  func world(hiding events: HiddenEvents) throws(TrainingError) -> (world: MomentWorld, now: Int64) {
    let world = try self.world(
      engagements: self.events.filter { !events.engagements.contains($0) },
      edges: order.edges.filter { data.graph.times[$0].precedes(end) && !events.hides($0, of: data) })
    var replay = Replay(data, order: order, history: world.history, hidden: events)
    replay.advance(before: end)
    return (world, end ?? ((self.events.last.map { data.log.times[$0] } ?? 0) + 1))
  }

  /// Each engagement of the later half as it came: one list of the tweet and of others at that moment, with tastes
  /// learned from the earlier half. Nothing without times. Engagements and rejections also go to `examples`.
  func temporal(
    _ sampler: NegativeSampler, examples: inout TypeExamples, progress: (Int, Int) -> Void
  ) throws(TrainingError) -> RankingLists {
    var lists = RankingLists(width: signals.count)
    let first = Int(Double(events.count) * Self.warmup)
    guard first > 0, let newest = events.last, data.log.times[newest] > 0 else { return lists }
    let start = data.log.times[events[first]]
    let world = try self.world(
      engagements: Array(events[..<first]), edges: order.edges.filter { data.graph.times[$0] < start })
    var replay = Replay(data, order: order, history: world.history)
    var generator = SeededGenerator(seed: seed)
    let examiner = MomentExaminer(capacity: 1 + 2 * NegativeSampler.drawn, terms: termCount)
    let share = min(1, Double(listLimit) / Double(max(1, events.count - first)))
    var rejections = order.rejections.filter { data.log.times[$0] >= start && data.log.times[$0].precedes(end) }[...]
    for (number, row) in events.enumerated() {
      let time = data.log.times[row]
      while let rejected = rejections.first, data.log.times[rejected] <= time {
        rejections.removeFirst()
        let (user, tweet) = (data.log.users[rejected], data.log.tweets[rejected])
        examiner.look(at: [tweet], user: user, time: data.log.times[rejected], world: world)
        append(rejected, examiner, to: &examples)
      }
      replay.advanceBackground(before: time)
      if number >= first, time > 0, generator.uniform() < share {
        let tweets = [data.log.tweets[row]] + sampler.draw(event: number, using: &generator)
        append(tweets, user: data.log.users[row], time: time, world, examiner, to: &lists)
        if tweets.count > 1 { append(row, examiner, to: &examples) }
        if lists.count % 500 == 0 { progress(number - first, events.count - first) }
      }
      replay.engage(row)
    }
    return lists
  }

  /// Engagements with tweets that several people engaged with, hidden at random and asked for at the end of the log:
  /// what the blend needs to know of tweets that are long known. Negatives are as popular as what is left of the
  /// positive.
  func retrospective(_ sampler: NegativeSampler, progress: (Int, Int) -> Void) throws(TrainingError) -> RankingLists {
    var lists = RankingLists(width: signals.count)
    var counts = [Int](repeating: 0, count: data.tweets.count)
    for row in events { counts[Int(data.log.tweets[row])] += 1 }
    let shared = events.filter { counts[Int(data.log.tweets[$0])] >= 2 }
    var generator = SeededGenerator(seed: seed &+ 1)
    let parts = shared.map { _ in generator.below(Self.hidings) }
    for hiding in 0..<Self.hidings where lists.count < listLimit {
      progress(hiding, Self.hidings)
      var left = counts
      var hidden: [Int] = []
      for (number, row) in shared.enumerated() where parts[number] == hiding {
        let tweet = Int(data.log.tweets[row])
        // The last engager stays: a tweet that nobody engaged with is not long known.
        if left[tweet] < 2 { continue }
        left[tweet] -= 1
        hidden.append(row)
      }
      if hidden.isEmpty { continue }
      try append(hidden, left: left, sampler, &generator, to: &lists)
    }
    return lists
  }

  private func append(
    _ hidden: [Int], left: [Int], _ sampler: NegativeSampler, _ generator: inout SeededGenerator,
    to lists: inout RankingLists
  ) throws(TrainingError) {
    let (world, now) = try self.world(hiding: HiddenEvents(hidden, of: data))
    let pools = Dictionary(grouping: left.indices.filter { left[$0] > 0 }) { Self.level(left[$0]) }
    let examiner = MomentExaminer(capacity: 1 + Self.retrospectiveNegatives, terms: termCount)
    let share = min(1, Double(listLimit - lists.count) / Double(hidden.count))
    for row in hidden where generator.uniform() < share {
      let (user, tweet) = (data.log.users[row], data.log.tweets[row])
      guard let pool = pools[Self.level(left[Int(tweet)])] else { continue }
      var tweets = [tweet]
      for _ in 0..<Self.retrospectiveNegatives {
        let other = UInt32(pool[generator.below(pool.count)])
        if !sampler.isEngaged(user, other), !tweets.contains(other) { tweets.append(other) }
      }
      append(tweets, user: user, time: now, world, examiner, to: &lists)
    }
  }

  /// Tweets of one level are about as popular: two levels a doubling.
  private static func level(_ count: Int) -> Int { Int(2 * log2(Double(count + 1))) }

  /// The first of the tweets looked at last, as an example of row `index`'s type.
  func append(_ index: Int, _ examiner: MomentExaminer, to examples: inout TypeExamples) {
    examples.append(type: data.log.types[index]) { examiner.columns[signals[$0]][0] }
  }

  func append(
    _ tweets: [UInt32], user: UInt32, time: Int64, _ world: MomentWorld, _ examiner: MomentExaminer,
    to lists: inout RankingLists
  ) {
    guard tweets.count > 1 else { return }
    examiner.look(at: tweets, user: user, time: time, world: world)
    lists.append(labels: tweets.indices.map { $0 == 0 }) { examiner.columns[signals[$1]][$0] }
  }
}
