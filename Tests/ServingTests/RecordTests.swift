import Feedback
import Glibc
import Ranking
import Testing
import Wire

@testable import Serving

@Suite("RecordEvents, and what it teaches")
struct RecordTests {
  @Test("events are counted and numbered in the order of the log; none are none")
  func recording() throws {
    try withServer { server in
      let client = try server.connect()
      let none = try client.ask(.record(1, []))
      #expect(none.status == .ok && none.recorded == 0 && none.lastSequence == 0)
      let three = try client.ask(.record(2, [10, 11, 12]))
      #expect(three.status == .ok && three.recorded == 3 && three.lastSequence == 3)
      let one = try server.connect().ask(.record(3, [10]))
      #expect(one.recorded == 1 && one.lastSequence == 4)
      #expect(try client.ask(.record(4, [])).lastSequence == 4)
      #expect(try server.describe().eventsRecorded == 4)
    }
  }

  @Test("feedback on a ranking counts once, and only on what it showed to its user")
  func matching() throws {
    let world = try TestWorld.shared()
    try withServer { server in
      let client = try server.connect()
      let (user, tweets) = (world.users[0], Array(world.tweets.prefix(40)))
      let shown = try client.ask(.rank(1, user: user, tweets, explains: true))
      let liked = shown.tweets[5]
      func record(_ tweets: [UInt64], request: UInt64, user: UInt64) throws -> [UInt32?] {
        let types = [UInt8](repeating: 3, count: tweets.count)
        let answer = try client.ask(.record(2, tweets, types: types, request: request, user: user))
        return [answer.recorded, answer.duplicates, answer.unmatched]
      }
      func term() throws -> Float {
        try client.ask(.rank(3, user: user, tweets, explains: true)).banditTerm(of: liked)
      }
      #expect(try record([liked], request: shown.requestID, user: world.users[1]) == [1, 0, 1])
      #expect(try record([world.tweets[50]], request: shown.requestID, user: user) == [1, 0, 1])
      #expect(try record([liked], request: shown.requestID &+ 1, user: user) == [1, 0, 1])
      #expect(try term() == 0)
      #expect(try record([liked, liked], request: shown.requestID, user: user) == [1, 1, 0])
      let once = try term()
      #expect(once > 0)
      for _ in 0..<5 { #expect(try record([liked], request: shown.requestID, user: user) == [0, 1, 0]) }
      #expect(try term() == once)
      // Four events and, before the first of them that names it, the ranking.
      #expect(try client.ask(.record(4, [])).lastSequence == 5)
      #expect(try server.describe().eventsRecorded == 4)
    }
  }

  @Test("while the log cannot be written events are refused, all else is served, and then it works again")
  func failingLog() throws {
    let full = FeedbackError.inputOutput(path: "feedback.log", operation: "write to", code: 28)
    let log = GatedLog(failure: full)
    try withServer(log: log) { server in
      let client = try server.connect()
      let refused = try client.ask(.record(1, [5]))
      #expect(
        refused.status
          == ReplyStatus(.resourceExhausted, reason: .feedbackLog, message: "\(full)", retryAfterMillis: 1_000))
      #expect(try client.ask(.top(2)).status.code == .ok)
      let poisoned = FeedbackError.poisoned(path: "feedback.log", operation: "flush", code: 5)
      log.fail(with: poisoned)
      #expect(
        try client.ask(.record(3, [5])).status
          == ReplyStatus(.unavailable, reason: .feedbackLog, message: "\(poisoned)"))
      log.fail(with: nil)
      #expect(try client.ask(.record(4, [5])).lastSequence == 1)
      let counted = try server.describe()
      #expect(counted.eventsRecorded == 1 && counted.callsRefused == 2)
    }
  }

  @Test("more events than may wait for the disk are refused with a time to wait, none of them recorded")
  func F68_fullLog() throws {
    let gate = Gate()
    var limits = Limits()
    limits.frameBytes = 4 << 20
    try withServer(limits: limits, log: GatedLog(gate: gate)) { server in
      defer { gate.open() }
      let client = try server.connect()
      // The first call is with the disk; the following ones wait, thirteen of 5,000 events, and then are too many.
      try client.send(.record(1, [1]))
      try gate.await(arrivals: 1)
      let many = Array(repeating: UInt64(1), count: 5_000)
      try client.send((UInt64(2)...15).map { .record($0, many) })
      let refused = try client.reply()
      #expect(refused.id == 15 && refused.status.code == .resourceExhausted && !refused.status.executed)
      #expect(refused.status.reason == .feedbackLog && refused.status.retryAfterMillis == 1_000)
      #expect(refused.status.message == "more than 65536 events wait to be recorded")
      gate.open()
      let answers = try client.replies(14)
      #expect(answers.map(\.id) == Array(1...14) && answers.last?.lastSequence == 65_001)
    }
  }

  @Test("events change the bandit's term of the next ranking, by the policy's formula")
  func banditTerm() throws {
    let world = try TestWorld.shared()
    let term = RewardTerm()
    try withServer(policy: BanditPolicy(.epsilonGreedy(term), epsilon: 0)) { server in
      let client = try server.connect()
      let rank = { (id: UInt64) in
        try client.ask(.rank(id, user: world.users[0], Array(world.tweets.prefix(50)), explains: true))
      }
      let before = try rank(1)
      let (first, last) = (before.tweets[0], before.tweets[49])
      #expect(try before.banditTerm(of: last) == 0)
      // 500 replies of reward 1 each; five reports of −1 each.
      #expect(try client.ask(.record(2, Array(repeating: last, count: 500), type: 6)).recorded == 500)
      #expect(try client.ask(.record(3, Array(repeating: first, count: 5), type: 8)).recorded == 5)
      let after = try rank(4)
      #expect(try after.banditTerm(of: last) == term.weight * 500 / (500 + term.priorTrials))
      #expect(try after.banditTerm(of: first) == term.weight * -5 / (5 + term.priorTrials))
      for tweet in before.tweets where tweet != first && tweet != last {
        #expect(try after.banditTerm(of: tweet) == 0)
      }
      let place = { (answer: Answer, tweet: UInt64) in answer.tweets.firstIndex(of: tweet) ?? -1 }
      #expect(place(after, last) < 49 && place(after, first) > 0)
    }
  }

  @Test("events survive the server: the next one on the same state folder ranks the same, and counts on")
  func restart() throws {
    let world = try TestWorld.shared()
    let folder = try TemporaryFolder()
    let rank = Call.rank(1, user: world.users[1], Array(world.tweets.prefix(100)), explains: true)
    var before: Answer?
    var unlearned: Answer?
    // Both rankings as of one moment, however long it takes from one to the other.
    let now = ServerOptions.Now.fixed(Int64(time(nil)) + 3_600)
    try withServer(workers: 2, state: folder.path, now: now) { server in
      let client = try server.connect()
      unlearned = try client.ask(rank)
      for id in UInt64(2)...40 {
        let tweets = Array(repeating: world.tweets[Int(id * 2)], count: Int(id))
        #expect(try client.ask(.record(id, tweets, type: UInt8(1 + id % 8))).status == .ok)
      }
      before = try client.ask(rank)
      #expect(before?.tweets != unlearned?.tweets)
    }
    try withServer(state: folder.path, now: now) { server in
      let recorded = UInt64((2...40).reduce(0, +))
      #expect(server.server.startupNotes.isEmpty && server.server.summary.contains("\(recorded) events replayed"))
      let after = try server.connect().ask(rank)
      #expect(after.tweets == before?.tweets && after.scores == before?.scores)
      #expect(after.contributions == before?.contributions)
      #expect(try server.connect().ask(.record(2, [1])).lastSequence == recorded + 1)
    }
  }
}
