import Foundation
import Ranking
import ServerSupport
import Testing

/// A real server's log is asked: from calls and feedback over the wire to the estimates.
@Suite("apus evaluate --log of what a server wrote")
struct CommandEvaluateServedTests {
  private static let lists = 160
  private static let shown = 3
  private static let steps = [
    "--epsilon", "0.4", "--exploration-slot", "1", "--fatigue", "0.5", "--author-fatigue", "0.1",
    "--author-penalty", "0.3", "--out-of-network", "-0.25",
  ]

  private let folder: TemporaryFolder
  private let sample: SampleModel
  private var state: String { folder.file("state") }

  init() throws {
    folder = try TemporaryFolder()
    sample = try SampleModel.shared()
  }

  /// Ranks for few users among few tweets, so that feedback matters, and tells of each list before the next one; returns
  /// how many likes were told.
  private func serve(_ server: ServerProcess, lists: Int, dice: inout Dice) throws -> Int {
    let client = try RawClient(port: server.port)
    var likes = 0
    for number in 1...UInt64(lists) {
      var message = RankMessage(
        user: sample.users[dice.below(4)], tweets: Array(sample.tweets.prefix(30).shuffled(using: &dice).prefix(10)))
      message.limit = UInt32(Self.shown)
      let answer = try client.ask(CallMessage(2 * number, budgetMillis: 10_000, .rank(message))).ranking
      var events = EventsMessage()
      func tell(_ tweet: UInt64, _ type: EventType, request: UInt64) {
        events.users.append(message.user)
        events.tweets.append(tweet)
        events.types.append(type.rawValue)
        events.requests.append(request)
      }
      for tweet in answer.tweets {
        tell(tweet, .impression, request: answer.requestID)
        guard dice.below(10) < (tweet % 3 == 0 ? 6 : 2) else { continue }
        tell(tweet, .like, request: answer.requestID)
        likes += 1
      }
      // A retry adds nothing, and an answer that was never given has no feedback.
      if number % 5 == 0 { tell(answer.tweets[0], .impression, request: answer.requestID) }
      if number % 8 == 0 { tell(answer.tweets[0], .reply, request: answer.requestID &+ 1) }
      guard case .recorded = try client.ask(CallMessage(2 * number + 1, .record(events))).result else {
        throw TestFailure("feedback on list \(number) was refused")
      }
    }
    return likes
  }

  private func ask(_ arguments: [String]) throws -> LogOutput {
    let result = try runCommand(
      ["evaluate", "--log", state, "--model", sample.modelPath, "--resamples", "100", "--threads", "1", "--json"]
        + arguments)
    try #require([0, 3].contains(result.status), "\(result.stderr.suffix(2_000))")
    return try JSONDecoder().decode(LogOutput.self, from: Data(result.stdout.utf8))
  }

  @Test(
    "the policy that served scores and chooses as it did, with all that it learned meanwhile, also across a restart",
    arguments: ["prior-ucb", "thompson", "epsilon-greedy", "linucb"])
  func itself(rule: String) throws {
    let bandit = ["--bandit", rule]
    var dice = Dice(3)
    let first = try ServerProcess(bandit + Self.steps + ["--seed", "1"], stateFolder: state)
    var likes = try serve(first, lists: Self.lists / 2, dice: &dice)
    #expect(try first.stop() == 0)
    let second = try ServerProcess(bandit + Self.steps + ["--seed", "2"], stateFolder: state)
    likes += try serve(second, lists: Self.lists / 2, dice: &dice)
    // The second server is still there.
    let output = try ask(bandit + Self.steps + ["--now", "model"])
    let joined = output.log.joined
    #expect(output.result.lists == Self.lists && joined.scored == Self.lists * Self.shown)
    #expect(joined.same_scores == joined.scored && joined.events == joined.scored + likes)
    #expect(output.log.policies.count == 1 && output.log.unmatched == Self.lists / 8)
    #expect(abs(output.result.total.logged.value - 0.4 * Double(likes) / Double(Self.lists)) < 1e-9)
    #expect(output.conclusion == "undecided")
    for name in ["ips", "snips"] {
      let difference = try #require(output.result.total.estimates?[name]?.difference)
      #expect([difference.value, difference.low, difference.high].allSatisfy { abs($0) < 1e-9 }, "\(name)")
    }
    #expect(output.result.positions.allSatisfy { $0.support.effective_sample_size > Double(Self.lists) - 1e-6 })
    // Who looks away from any part of the feedback scores otherwise.
    for other in [["--bandit", "off"] + Self.steps, bandit + Self.steps.filter { $0 != "0.5" && $0 != "--fatigue" }] {
      let joined = try ask(other + ["--now", "model"]).log.joined
      #expect(joined.scored == Self.lists * Self.shown && joined.same_scores < joined.scored, "\(other)")
    }
  }

  @Test("by the clock, too, but for what a second between answer and log changes")
  func byTheClock() throws {
    var dice = Dice(4)
    let server = try ServerProcess(["--now", "clock", "--seed", "1"] + Self.steps, stateFolder: state)
    _ = try serve(server, lists: Self.lists, dice: &dice)
    let joined = try ask(Self.steps).log.joined
    #expect(joined.scored == Self.lists * Self.shown && joined.same_scores * 10 >= joined.scored * 9, "\(joined)")
  }
}
