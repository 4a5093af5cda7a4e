import Feedback
import Ranking
import Testing
import Wire

@testable import Serving

@Suite("One call, from payload to reply")
struct ResponderTests {
  private static let methods: [(name: String, call: @Sendable (UInt64) throws -> Call)] = [
    ("rank", { budget in Call.rank(1, user: 1, [1, 2, 3], budgetMillis: budget) }),
    ("top", { budget in Call.top(1, budgetMillis: budget) }),
    ("describe", { budget in Call.describe(1, budgetMillis: budget) }),
    ("recommend", { budget in Call(1, budgetMillis: budget) { $0.message(17) { $0.fixed64(1, 1) } } }),
    ("similar", { budget in Call(1, budgetMillis: budget) { $0.message(18) { $0.fixed64(1, 1) } } }),
    (
      "record",
      { budget in
        Call(1, budgetMillis: budget) { call in
          call.message(20) { record in
            record.column(1, [UInt64(1)])
            record.column(2, [UInt64(1)])
            record.payload(3, [1])
          }
        }
      }
    ),
  ]

  @Test("a call that waited longer than its budget is not executed, whatever it asks", arguments: 0..<6)
  func expiredCalls(method: Int) throws {
    let gate = Gate()
    let bench = try WorkerBench(log: GatedLog(gate: gate))
    defer { gate.open() }
    for (budget, granted) in [(UInt64(0), 0), (1, 5), (300, 300), (1_000_000, 1_000)] {
      let (outcome, answer) = try bench.answer(Self.methods[method].call(budget), agoMillis: 2_500)
      #expect(outcome == .expired && answer.id == 1)
      #expect(answer.status.code == .deadlineExceeded && !answer.status.executed, "\(answer)")
      #expect(answer.status.message.hasPrefix("the budget of \(granted) ms was over after 25"), "\(answer)")
      #expect(answer.queueMicros >= 2_500_000 && answer.serverMicros >= answer.queueMicros)
    }
    #expect(bench.feedback.eventsRecorded == 0)
  }

  @Test("a call that has waited within its budget is answered, and its reply tells the wait")
  func waitingWithinTheBudget() throws {
    var limits = Limits()
    limits.maximumBudgetMillis = 600_000
    let bench = try WorkerBench(limits: limits)
    let call = Call.rank(1, user: bench.world.users[0], bench.world.tweets)
    let (outcome, answer) = try bench.answer(call, agoMillis: 1_500)
    #expect(outcome == .replied && answer.status.code == .ok && answer.status.executed)
    #expect(answer.queueMicros >= 1_500_000 && answer.serverMicros >= answer.queueMicros)
    #expect(answer.tweets.count == 400)
  }

  @Test("what is not a call, and a call without a method, are told apart")
  func messagesThatAreNoCalls() throws {
    let bench = try WorkerBench()
    let (outcome, answer) = try bench.answer(Call(payload: [8, 3, 0xFF, 0xFF]))
    #expect(outcome == .malformed && answer.id == 3)
    #expect(answer.status.code == .invalidArgument && answer.status.reason == .malformed)
    let (other, without) = try bench.answer(Call(4) { _ in })
    #expect(other == .refused && without.id == 4 && without.status.code == .unimplemented)
  }

  @Test("a reply over the limit becomes RESOURCE_EXHAUSTED with its size, and the next reply is sound")
  func repliesOverTheLimit() throws {
    var limits = Limits()
    limits.writeHardBytes = limits.writeHighWaterBytes + Limits.framePrefixBytes + 700
    let bench = try WorkerBench(limits: limits)
    let (outcome, answer) = try bench.answer(.rank(1, user: 1, bench.world.tweets))
    #expect(outcome == .refused && answer.status.code == .resourceExhausted, "\(answer)")
    #expect(answer.status.message.contains("the limit is 700"), "\(answer)")
    let (next, sound) = try bench.answer(.rank(2, user: 1, Array(bench.world.tweets.prefix(3))))
    #expect(next == .replied && sound.id == 2 && sound.tweets.count == 3)
  }

  @Test("what the log says becomes the status that tells a client whether waiting helps")
  func fatesOfEvents() throws {
    let bench = try WorkerBench()
    let fine = try bench.recorded(.success(.init(recorded: 3, duplicates: 2, unmatched: 1, lastSequence: 77)))
    #expect(fine.status == .ok && fine.recorded == 3 && fine.lastSequence == 77)
    #expect(fine.duplicates == 2 && fine.unmatched == 1)
    let transient: [FeedbackError] = [
      .queueFull(limit: 9), .inputOutput(path: "log", operation: "write to", code: 28),
    ]
    let lasting: [FeedbackError] = [
      .closed, .poisoned(path: "log", operation: "flush", code: 5), .noThread(code: 11), .folderInUse(folder: "f"),
    ]
    for error in transient + lasting {
      let answer = try bench.recorded(.failure(error))
      let waiting = transient.contains(error)
      #expect(answer.status.code == (waiting ? .resourceExhausted : .unavailable), "\(error)")
      #expect(answer.status.reason == .feedbackLog && !answer.status.executed, "\(error)")
      #expect(answer.status.retryAfterMillis == (waiting ? 1_000 : 0), "\(error)")
      #expect(answer.status.message == "\(error)")
      #expect(answer.recorded == nil)
    }
  }
}
