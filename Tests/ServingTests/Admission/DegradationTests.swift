import Ranking
import ServerSupport
import Testing
import Wire

@testable import Serving

@Suite("Answers from which something is left out")
struct DegradationTests {
  private func call(_ world: TestWorld, withTexts: Bool) throws -> Call {
    let texts = try withTexts ? (0..<5).map { try world.text(of: world.tweets[$0 * 3]) } : []
    return Call(1) { call in
      call.message(16) { rank in
        rank.fixed64(1, world.users[3])
        rank.column(2, Array(world.tweets.prefix(100)))
        for (index, text) in texts.enumerated() {
          rank.message(5) { tweet in
            tweet.fixed64(1, UInt64(9_000_000 + index))
            tweet.payload(2, text)
          }
        }
        rank.varint(7, 1)
      }
    }
  }

  @Test(
    "each rung names what it leaves out, which has no say; scores add up, and propensities are those of the answer",
    arguments: [true, false], RankEffort.allCases)
  func rungs(isClassic: Bool, effort: RankEffort) throws {
    let world = try isClassic ? TestWorld.classic() : TestWorld.shared()
    var limits = Limits()
    limits.maximumBudgetMillis = UInt32(Call.patientMillis)
    let bench = try WorkerBench(limits: limits, world: world, policy: BanditPolicy(epsilon: 0.2))
    for withTexts in [false, true] {
      let answer = try bench.answer(call(world, withTexts: withTexts), effort: effort).answer
      #expect(answer.status == .ok && answer.tweets.count == (withTexts ? 105 : 100))
      let names = world.model.signals.map(\.name)
      let expected = Self.skipped(isClassic: isClassic, effort, withTexts: withTexts, of: names)
      #expect(answer.degradation.skipped == expected)
      #expect(answer.degradation.level == (expected.isEmpty ? 0 : UInt32(effort.rawValue)))
      for (row, score) in zip(answer.contributions, answer.scores) {
        #expect(row.dropFirst().reduce(row[0], +) == score && score.isFinite)
        guard effort > .withoutNewTexts else { continue }
        let everywhere = Self.skipped(isClassic: isClassic, effort, withTexts: false, of: names)
        for name in everywhere { #expect(row[names.firstIndex(of: name) ?? 0] == 0, "\(name)") }
      }
      // ε = 0.2 in the third of three or more: the best stay likely, and every position's probability is one.
      #expect(answer.propensities.count == answer.tweets.count && answer.propensities.allSatisfy { $0 > 0 && $0 <= 1 })
      #expect(zip(answer.scores, answer.scores.dropFirst()).count { $0 < $1 } <= 1, "in the order of what was served")
    }
  }

  private static func skipped(isClassic: Bool, _ effort: RankEffort, withTexts: Bool, of names: [String]) -> [String] {
    let neighbours =
      isClassic
      ? ["user_neighbours", "item_neighbours"] : ["like_readers", "companions", "companions_mean", "tweet_factors"]
    let readers =
      isClassic
      ? ["profile"]
      : [
        "mentions_user", "mention_affinity", "mention_edges", "mention_count", "hashtag_affinity", "hashtag_share",
        "hashtag_day", "hashtag_rate", "hashtag_factors", "interests", "interests_now", "own_writing", "topics_now",
        "topics", "length",
      ]
    let kept: Set<String> =
      isClassic
      ? ["tweet_pagerank", "author_pagerank", "caller"]
      : [
        "base", "caller", "age", "tweet_count", "trending_half_hour", "trending_six_hours", "velocity", "author_count",
        "author_day", "author_month", "author_rate", "author_prior",
      ]
    var skipped: Set<String> = []
    if effort >= .withoutNewTexts, withTexts { skipped.formUnion(readers) }
    if effort >= .withoutNeighbours { skipped.formUnion(neighbours) }
    if effort == .priorsOnly { skipped.formUnion(names.filter { !kept.contains($0) }) }
    return names.filter { skipped.contains($0) }
  }

  @Test("in full, and for known tweets without neighbours, nothing else changes than what is left out")
  func onlyWhatIsLeftOut() throws {
    let world = try TestWorld.shared()
    var limits = Limits()
    limits.maximumBudgetMillis = UInt32(Call.patientMillis)
    let bench = try WorkerBench(limits: limits, world: world, now: .model)
    let names = world.model.signals.map(\.name)
    let call = try call(world, withTexts: false)
    let full = try bench.answer(call).answer
    for effort in [RankEffort.withoutNewTexts, .withoutNeighbours, .priorsOnly] {
      let less = try bench.answer(call, effort: effort).answer
      let rows = Dictionary(uniqueKeysWithValues: zip(less.tweets, less.contributions))
      for (tweet, row) in zip(full.tweets, full.contributions) {
        let other = try #require(rows[tweet])
        for (column, name) in names.enumerated() where !less.degradation.skipped.contains(name) {
          #expect(other[column] == row[column], "\(name) at \(effort)")
        }
      }
      #expect((less.scores != full.scores) == (effort > .withoutNewTexts))
    }
  }

  @Test("the ladder goes down under pressure that lasts, and up only with room that lasts and is enough")
  func ladder() {
    var ladder = DegradationLadder()
    var now: UInt64 = 0
    func observe(_ pressure: Double, millis: Int, busy: Double = 0.3, ratio: Double = 1.2) -> RankEffort {
      for _ in 0..<millis {
        now += 1_000_000
        ladder.observe(pressure: pressure, busyShare: busy, ratioOfMore: ratio, now: now)
      }
      return ladder.effort
    }
    #expect(observe(0.9, millis: 19) == .full, "a burst is none")
    #expect(observe(0.3, millis: 1) == .full)
    #expect(observe(0.9, millis: 20) == .full && observe(0.9, millis: 1) == .withoutNewTexts)
    #expect(observe(0.9, millis: 21) == .withoutNeighbours && observe(0.9, millis: 21) == .priorsOnly)
    #expect(observe(5, millis: 500) == .priorsOnly, "there is nothing below")
    #expect(observe(0.3, millis: 5_000) == .priorsOnly, "between the marks nothing changes")
    #expect(observe(0, millis: 5_000, busy: 0.8) == .priorsOnly, "the rung above would not fit")
    #expect(observe(0, millis: 490) == .withoutNeighbours, "enough time had gone by")
    #expect(observe(0.2, millis: 1) == .withoutNeighbours && observe(0, millis: 500) == .withoutNeighbours)
    #expect(observe(0, millis: 1) == .withoutNewTexts && observe(0, millis: 501) == .full)
    #expect(observe(0, millis: 5_000) == .full)
  }
}
