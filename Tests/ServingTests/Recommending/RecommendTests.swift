import Ranking
import Testing
import Wire

@testable import Serving

@Suite("Recommend without a store")
struct RecommendTests {
  @Test("is the ranking of what may be shown, best first, as Rank would have it")
  func ranking() throws {
    let world = try TestWorld.shared()
    try withServer { server in
      let client = try server.connect()
      for user in world.users.prefix(10) {
        let answer = try client.ask(.recommend(1, user: user, limit: 400))
        let told = try #require(answer.recommendation)
        #expect(answer.status.code == .ok && answer.requestID != 0)
        #expect(told.source == "computed" && told.reason == .noStore && told.userIsKnown && told.madeAt == 0)
        #expect(Int(told.candidates) == answer.tweets.count && !told.policyVersion.isEmpty)
        #expect(answer.propensities.count == answer.tweets.count)
        #expect(answer.propensities.allSatisfy { $0 > 0 && $0 <= 1 })
        // With room for the whole world nothing is left to chance but what the clock says.
        let ranked = try client.ask(.rank(2, user: user, answer.tweets.sorted()))
        #expect(ranked.tweets == answer.tweets)
        let few = try client.ask(.recommend(3, user: user, limit: 3))
        #expect(few.tweets == Array(answer.tweets.prefix(3)) && few.recommendation?.candidates == told.candidates)
      }
    }
  }

  @Test("a limit of 0 is the default, one over the cap is refused; texts and names come when asked for")
  func options() throws {
    let bench = try WorkerBench()
    let user = bench.world.users[0]
    let (_, plain) = try bench.answer(.recommend(1, user: user))
    #expect(plain.tweets.count == Limits().defaultListedTweets && plain.texts.isEmpty && plain.names.isEmpty)
    let (_, full) = try bench.answer(.recommend(1, user: user, limit: 5, includesText: true, includesNames: true))
    #expect(full.texts == (try full.tweets.map { try bench.world.text(of: $0) }))
    #expect(full.names == full.tweets.map { _ in [] })
    let (outcome, refused) = try bench.answer(.recommend(1, user: user, limit: 1_001))
    #expect(outcome == .malformed && refused.status.message == "limit 1001 is over 1000")
  }

  @Test("a stranger gets tweets, and is told to be one")
  func strangers() throws {
    let bench = try WorkerBench()
    let (outcome, answer) = try bench.answer(.recommend(1, user: 987_654_321))
    #expect(outcome == .replied && answer.tweets.count == 10)
    #expect(answer.recommendation?.userIsKnown == false && answer.recommendation?.source == "computed")
  }

  @Test("no more candidates are looked for than the limit says, but as many as are asked for")
  func bounds() throws {
    var limits = Limits()
    (limits.recommendCandidates, limits.candidatesPerCall) = (20, 60)
    let bench = try WorkerBench(limits: limits)
    for (asked, ranked) in [(5, 20), (20, 20), (40, 40), (60, 60), (100, 60)] {
      let (_, answer) = try bench.answer(.recommend(1, user: bench.world.users[1], limit: UInt64(asked)))
      #expect(answer.recommendation.map { Int($0.candidates) } == ranked)
      #expect(answer.tweets.count == min(asked, ranked))
    }
  }
}
