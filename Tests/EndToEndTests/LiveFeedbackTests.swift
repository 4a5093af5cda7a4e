import Foundation
import ServerSupport
import Testing

/// What users do changes the next ranking of a real server, and only what it should.
@Suite("Live feedback")
struct LiveFeedbackTests {
  private let sample: SampleModel
  private let folder: TemporaryFolder

  init() throws {
    sample = try SampleModel.shared()
    folder = try TemporaryFolder()
  }

  private func session(
    _ server: ServerProcess, user: Int = 0, tweets: Range<Int> = 0..<30
  ) -> LiveSession {
    LiveSession(server: server, user: sample.userKeys[user], tweets: Array(sample.tweetKeys[tweets]))
  }

  private func start(_ arguments: String...) throws -> ServerProcess {
    try ServerProcess(["--epsilon", "0"] + arguments, stateFolder: folder.file("state"))
  }

  @Test(
    "Impressions and likes that name a request change the next ranking, explained by trending signals and the bandit")
  func changesTheNextRanking() throws {
    let session = session(try start("--now", "clock"))
    let before = try session.rank()
    let (liked, seen) = (before.items[25].tweet, before.items[0].tweet)
    for tweet in [liked, seen] {
      let shown = try session.record("impression", tweet, request: before.requestID)
      #expect(shown.recorded == 1 && shown.unmatched == 0)
    }
    #expect(try session.record("like", liked, request: before.requestID).unmatched == 0)
    let after = try session.rank()
    #expect(after.requestID != before.requestID)
    #expect(try after.contribution("bandit", to: liked) > 0 && after.item(liked).score != before.items[25].score)
    for name in ["trending_half_hour", "trending_six_hours"] {
      #expect(try before.value(name, of: liked) == 0 && after.value(name, of: liked) > 0.5, "\(name)")
      #expect(try after.value(name, of: seen) == 0, "an impression is not an engagement")
    }
    // Nothing was undone or done twice: what is sent again is known.
    #expect(try session.record("like", liked, request: before.requestID).duplicates == 1)
    // The ranker's own probability, of which the term is a function, changes with every second.
    let (first, again) = (
      try after.contribution("bandit", to: liked), try session.rank().contribution("bandit", to: liked)
    )
    #expect(abs(again - first) < 0.01 * first, "\(again) after \(first)")
  }

  @Test("With --bandit off live counters still count")
  func withoutBandit() throws {
    let session = session(try start("--bandit", "off", "--now", "clock"))
    let before = try session.rank()
    let liked = before.items[20].tweet
    let column = "tweet_count"
    for _ in 0..<40 { try session.record("like", liked) }
    let after = try session.rank()
    #expect(try after.value(column, of: liked) > before.value(column, of: liked))
    #expect(try after.value("trending_half_hour", of: liked) > 1 && after.contribution("bandit", to: liked) == 0)
    #expect(try after.item(liked).score != before.items[20].score)
    for item in after.items where item.tweet != liked {
      #expect(try after.value(column, of: item.tweet) == before.value(column, of: item.tweet))
    }
  }

  @Test("Fatigue lowers what this user was shown, decays, and touches nobody else")
  func fatigue() throws {
    let server = try start("--fatigue", "0.5", "--bandit", "off", "--now", "clock", "--fatigue-half-life", "10000")
    let (mine, other) = (session(server), session(server, user: 1))
    let before = try mine.rank()
    let shown = before.items[0].tweet
    #expect(try before.contribution("fatigue", to: shown) == 0)
    let elsewhere = try other.rank().item(shown).score
    // An event without a ranking is taken at its word, its time included.
    let now = Int64(Date().timeIntervalSince1970)
    try mine.record("impression", shown, at: now - 20_000)
    let once = try mine.rank()
    let weight = try once.value("fatigue", of: shown)
    // Two half-lives ago, and whatever has passed since.
    #expect(weight > 0.2 && weight <= 0.2501)
    #expect(try abs(once.contribution("fatigue", to: shown) + 0.5 * weight) < 1e-5)
    try mine.record("impression", shown, request: once.requestID)
    let twice = try mine.rank()
    #expect(try twice.value("fatigue", of: shown) > weight + 0.9 && twice.item(shown).score < before.items[0].score)
    for item in twice.items where item.tweet != shown {
      #expect(try twice.contribution("fatigue", to: item.tweet) == 0)
    }
    let theirs = try other.rank()
    #expect(try theirs.contribution("fatigue", to: shown) == 0 && abs(theirs.item(shown).score - elsewhere) < 0.01)
  }

  @Test("A restart keeps everything, whether the server was asked to end or was killed", arguments: [false, true])
  func restart(isKilled: Bool) throws {
    let first = session(try start("--fatigue", "0.5"))
    let ranking = try first.rank()
    let (liked, hidden, shown) = (ranking.items[3].tweet, ranking.items[4].tweet, ranking.items[5].tweet)
    for _ in 0..<2 {
      for (event, tweet) in [("impression", shown), ("impression", liked), ("like", liked), ("hide", hidden)] {
        try first.record(event, tweet, request: ranking.requestID)
      }
    }
    _ = try first.server.ask(["rewards", "hide=-3"])
    let before = try first.rank()
    let counted: DescribeOutput = try first.server.answer(["describe"])
    #expect(counted.feedbackDuplicates == 4 && counted.snapshotAt == 0 && counted.feedbackArms == 3)
    if isKilled { try first.server.kill() } else { try first.server.stop() }

    let second = session(try start("--fatigue", "0.5"))
    let after = try second.rank()
    #expect(
      after.items.map(\.tweet) == before.items.map(\.tweet) && after.items.map(\.score) == before.items.map(\.score))
    #expect(after.items.map(\.contributions) == before.items.map(\.contributions))
    #expect(try after.contribution("fatigue", to: shown) == -0.5 && after.contribution("bandit", to: hidden) < 0)
    // Of the ranking before the restart, too, each event counts once.
    #expect(try second.record("like", liked, request: ranking.requestID).duplicates == 1)
    #expect(try second.record("reply", liked, request: ranking.requestID).unmatched == 0)
    let described: DescribeOutput = try second.server.answer(["describe"])
    #expect(described.eventsRecorded == 5 && described.feedbackArms == 3 && described.feedbackUsers == 1)
    #expect((described.snapshotAt > 1_600_000_000) == !isKilled)
    let rewards: RewardsOutput = try second.server.answer(["rewards"])
    #expect(rewards.rewards["hide"] == -3)
  }

  @Test("apus rewards shows a table, sets several at once, and says what is refused")
  func rewards() throws {
    let server = try start()
    let table = try server.ask(["rewards"])
    #expect(table.status == 0 && table.stdout.contains("These are the defaults."))
    let lines = table.stdout.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines[0] == ["event", "worth"] && lines[2] == ["click", "0.2"] && lines.contains(["report", "-1.0"]))
    let session = session(server)
    let liked = session.tweets[7]
    for _ in 0..<3 { try session.record("like", liked) }
    #expect(try session.rank().contribution("bandit", to: liked) > 0)
    let set: RewardsOutput = try server.answer(["rewards", "like=-0.4", "hide=-1"])
    #expect(set.rewards["like"] == -0.4 && set.rewards["hide"] == -1 && set.rewards["reply"] == 1 && set.setAt > 0)
    #expect(try session.rank().contribution("bandit", to: liked) < 0)
    #expect(try server.ask(["rewards"]).stdout.contains("Set at 2"))
    expectRefusal(try server.ask(["rewards", "like=10.5"]), status: 65, "reward of like = 10.5", "not in -10 to 10")
    expectRefusal(try server.ask(["rewards", "like=nan"]), status: 65, "reward of like = nan")
    expectRefusal(try server.ask(["rewards", "like=1", "like=2"]), status: 65, "named twice")
    #expect(try server.answer(["rewards"], as: RewardsOutput.self).rewards == set.rewards)
  }
}
