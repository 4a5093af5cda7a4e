import Glibc
import ServerSupport
import Testing

/// More calls than the real server can answer. What it does in time is in the tests of the admission, whose clock is
/// simulated; here every call is accounted for, whatever the machine.
@Suite("Overload, over real sockets", .serialized)
struct WireOverloadTests {
  /// What became of a number of calls.
  private struct Outcome {
    var answered = 0
    var degraded = 0
    var shed = 0
    var expired = 0
    var all: Int { answered + shed + expired }

    mutating func count(_ reply: ReplyMessage) {
      switch (reply.code, reply.reason) {
      case (.ok, _):
        answered += 1
        if case .rank(let ranking) = reply.result, ranking.degradationLevel > 0 { degraded += 1 }
      case (.resourceExhausted, .overloaded), (.resourceExhausted, .queueFull):
        shed += 1
        #expect(reply.retryAfterMillis > 0 && !reply.isExecuted)
      case (.deadlineExceeded, _):
        expired += 1
        #expect(!reply.isExecuted)
      default: Issue.record("\(reply)")
      }
    }
  }

  private func large(_ id: UInt64, _ sample: SampleModel, budgetMillis: UInt32, criticality: UInt32 = 0) -> CallMessage
  {
    var rank = RankMessage(user: sample.users[Int(id % 100)], tweets: sample.tweets)
    rank.limit = 1
    var call = CallMessage(id, budgetMillis: budgetMillis, .rank(rank))
    call.criticality = criticality
    return call
  }

  /// Sends so many calls on each of several connections, all at once; reads what becomes of each, by connection.
  private func flood(_ clients: [RawClient], calls: Int, _ call: (UInt64) -> CallMessage) throws -> [Outcome] {
    for client in clients { try client.send((UInt64(1)...UInt64(calls)).flatMap { call($0).frame }) }
    return try clients.map { client in
      var outcome = Outcome()
      var ids: Set<UInt64> = []
      for _ in 0..<calls {
        let reply = try client.readReply()
        #expect(ids.insert(reply.id).inserted && reply.id <= UInt64(calls))
        outcome.count(reply)
      }
      return outcome
    }
  }

  private func awaitCalm(_ client: RawClient) throws -> QueueAnswer {
    var last = QueueAnswer()
    for _ in 0..<(30 * 20) {
      last = try client.ask(.describe(1)).described.queue
      if last.calls == 0, last.degradationLevel == 0 { return last }
      usleep(50_000)
    }
    throw TestFailure("no calm: \(last)")
  }

  @Test("ten times what can be answered in time: each call is answered, refused or expired; then calm")
  func F36_everyCallIsAccountedFor() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let clients = try (0..<20).map { _ in try RawClient(port: server.port) }
      let outcomes = try flood(clients, calls: 60) { large($0, sample, budgetMillis: 20) }
      #expect(outcomes.map(\.all) == Array(repeating: 60, count: 20))
      let queue = try awaitCalm(clients[0])
      #expect(queue.shedDefault == UInt64(outcomes.reduce(0) { $0 + $1.shed }))
      #expect(queue.expired == UInt64(outcomes.reduce(0) { $0 + $1.expired }))
      #expect(queue.degraded >= UInt64(outcomes.reduce(0) { $0 + $1.degraded }))
      #expect(queue.shedDefault > 0, "1,200 calls of 1,000 candidates do not fit into 20 ms: \(outcomes[0])")
    }
  }

  @Test("clients that send refused calls again at once, three times: it ends when they end")
  func F39_retriesEnd() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let clients = try (0..<10).map { _ in try RawClient(port: server.port) }
      for _ in 0..<4 { _ = try flood(clients, calls: 40) { large($0, sample, budgetMillis: 20) } }
      _ = try awaitCalm(clients[0])
      let after = try clients[0].ask(.rank(1, user: sample.users[0], sample.tweets)).ranking
      #expect(after.degradationLevel == 0 && after.tweets.count == 1_000)
    }
  }

  @Test("sheddable calls without end: every critical one is answered, in full")
  func F38_criticalCallsAreAnswered() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let flooding = try (0..<12).map { _ in try RawClient(port: server.port) }
      let critical = try RawClient(port: server.port)
      for client in flooding {
        try client.send((UInt64(1)...60).flatMap { large($0, sample, budgetMillis: 100, criticality: 2).frame })
      }
      for id in UInt64(1)...40 {
        var call = CallMessage.rank(id, user: sample.users[0], sample.candidates(20))
        call.criticality = 1
        let ranking = try critical.ask(call).ranking
        #expect(ranking.degradationLevel == 0)
      }
      for client in flooding { for _ in 0..<60 { _ = try client.readReply() } }
      let queue = try awaitCalm(critical)
      #expect(queue.shedCritical == 0 && queue.shedSheddable + queue.expired > 0)
    }
  }

  @Test("budgets of 5 ms behind a backlog: none is executed after its end, and all are counted")
  func F40_expiredEventsAreNotRecorded() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let client = try RawClient(port: server.port)
      var stream: [UInt8] = []
      for id in UInt64(1)...50 { stream += large(id, sample, budgetMillis: 1_000).frame }
      let event = EventsMessage(users: [1], tweets: [2], types: [3])
      stream += CallMessage(51, budgetMillis: 0, .record(event)).frame
      try client.send(stream)
      var outcome = Outcome()
      for _ in 0..<51 {
        let reply = try client.readReply()
        if reply.id == 51 { expectRefusal(reply, id: 51, .deadlineExceeded) } else { outcome.count(reply) }
      }
      let about = try client.ask(.describe(1)).described
      #expect(about.eventsRecorded == 0 && about.queue.expired == UInt64(outcome.expired + 1))
    }
  }

  @Test("large calls and small ones: each is answered, and the large ones give way")
  func F41_largeCallsYield() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let (large, small) = (try RawClient(port: server.port), try RawClient(port: server.port))
      try large.send(
        (UInt64(1)...20).flatMap { self.large($0, sample, budgetMillis: 1_000).frame })
      for id in UInt64(1)...20 {
        #expect(try small.ask(.rank(id, user: sample.users[0], sample.candidates(5))).code == .ok)
      }
      var outcome = Outcome()
      for _ in 0..<20 { outcome.count(try large.readReply()) }
      // Each of 1,000 candidates is gathered and scored in at least two chunks.
      #expect(try small.ask(.describe(30)).described.queue.yields >= UInt64(2 * outcome.answered))
    }
  }

  @Test("calls of a connection that is gone leave the queue without being answered")
  func cancelledCalls() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let (gone, other) = (try RawClient(port: server.port), try RawClient(port: server.port))
      try gone.send((UInt64(1)...60).flatMap { large($0, sample, budgetMillis: 1_000).frame })
      gone.close()
      let queue = try awaitCalm(other)
      let about = try other.ask(.describe(2)).described
      #expect(queue.calls == 0 && about.queue.cancelled + queue.expired + about.callsAnswered > 0)
    }
  }

  @Test("stopped for two seconds and continued: what came meanwhile is not answered as if it had just come")
  func F43_stoppedAndContinued() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      let client = try RawClient(port: server.port)
      #expect(try client.ask(.rank(1, user: sample.users[0], sample.candidates(5))).code == .ok)
      server.signal(SIGSTOP)
      // Threads stop one after another, on a busy machine not at once.
      while !server.isStopped { usleep(1_000) }
      try client.send(
        (UInt64(1)...50).flatMap {
          CallMessage($0, budgetMillis: 500, .rank(RankMessage(user: 1, tweets: sample.candidates(5)))).frame
        })
      usleep(2_000_000)
      server.signal(SIGCONT)
      for _ in 0..<50 {
        let reply = try client.readReply()
        expectRefusal(reply, id: reply.id, .deadlineExceeded)
        #expect(reply.queueMicros >= 500_000)
      }
      #expect(try client.ask(.describe(60)).described.queue.expired == 50)
      #expect(try client.ask(.rank(61, user: sample.users[0], sample.candidates(5))).code == .ok)
    }
  }

  @Test("a server without connections for a while takes the first call for a new one")
  func F43_idleIsNoPause() throws {
    let sample = try SampleModel.shared()
    try withServer { server in
      for _ in 0..<5 {
        usleep(600_000)
        let client = try RawClient(port: server.port)
        #expect(try client.ask(.rank(1, user: sample.users[0], sample.candidates(5))).code == .ok)
        client.close()
      }
    }
  }
}
