import Testing

@testable import Training

@Suite("Ratings kept with the users")
struct UserRatingsTests {
  @Test("a pair's scores are averaged, rows ascend, huge scores stay finite")
  func means() {
    var log = EngagementLog()
    for (user, tweet, score) in [(1, 5, 1.0), (1, 2, 0.5), (1, 5, 0.5), (0, 3, 1e300), (0, 4, -1e300), (1, 5, 0)] {
      log.append(user: UInt32(user), tweet: UInt32(tweet), score: score, time: 0)
    }
    let kept = UserRatings.build(log: log, userCount: 3)
    #expect(kept.offsets == [0, 2, 4, 4])
    #expect(kept.columns == [3, 4, 2, 5])
    #expect(kept.values == [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0.5, 0.5])
  }

  @Test("the latest engagements stay when there are too many, by time and then by place in the log")
  func latest() {
    var log = EngagementLog()
    let extra = 10
    for index in 0..<UserRatings.limit + extra {
      // Every second one happened late; the very first tweet is engaged with again at the end.
      log.append(user: 0, tweet: UInt32(index), score: 1, time: index % 2 == 0 ? 100 : 50)
    }
    log.append(user: 0, tweet: 1, score: 0, time: 100)
    let kept = UserRatings.build(log: log, userCount: 1)
    #expect(kept.columns.count == UserRatings.limit)
    let gone = Set((0..<UInt32(UserRatings.limit + extra))).subtracting(kept.columns)
    #expect(gone == Set((0..<UInt32(extra)).map { 2 * $0 + 3 }))
    #expect(kept.values[1] == 0.5 && kept.columns[1] == 1)
  }
}
