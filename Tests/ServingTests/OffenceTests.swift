import Testing
import Wire

@testable import Serving

@Suite("Too many bad messages")
struct OffenceTests {
  /// That these answers are so many refusals and one goodbye for too many errors.
  private func expectRefusals(
    _ answers: [Answer], count: Int, _ location: SourceLocation = #_sourceLocation
  ) {
    let goodbyes = answers.filter { $0.goAwayLastCallID != nil }
    let refusals = answers.filter { $0.goAwayLastCallID == nil }
    #expect(goodbyes.count == 1 && goodbyes.first?.status.reason == .tooManyErrors, sourceLocation: location)
    #expect(goodbyes.first?.status.code == .resourceExhausted, sourceLocation: location)
    #expect(refusals.count == count, sourceLocation: location)
    #expect(refusals.allSatisfy { $0.status.code == .invalidArgument }, sourceLocation: location)
  }

  @Test("fewer empty frames than the limit are refused, as many end the connection")
  func zeroFrames() throws {
    var limits = Limits()
    limits.zeroFramesPerSecond = 4
    try withServer(limits: limits) { server in
      let patient = try server.connect()
      try patient.send([UInt8](repeating: 0, count: 4 * 3))
      #expect(try patient.replies(3).allSatisfy { $0.id == 0 && $0.status.reason == .callID })
      #expect(try patient.ask(.describe(1)).status.code == .ok)
      let hasty = try server.connect()
      try hasty.send([UInt8](repeating: 0, count: 4 * 10))
      let answers = try hasty.repliesToEnd()
      expectRefusals(answers, count: 3)
      #expect(answers.contains { $0.status.message == "4 empty frames within a second" })
    }
  }

  @Test("as many refused messages as the limit end the connection; what was taken up before is still answered")
  func badMessages() throws {
    var limits = Limits()
    limits.badMessagesPer10Seconds = 3
    try withServer(limits: limits) { server in
      let garbage = Call(payload: [0xFF, 0xFF])
      let patient = try server.connect()
      try patient.send([garbage, garbage, .describe(1)])
      #expect(try patient.replies(3).last?.status.code == .ok)
      let hasty = try server.connect()
      try hasty.send([garbage, garbage, garbage, .describe(1)])
      let answers = try hasty.repliesToEnd()
      expectRefusals(answers.filter { $0.status.code != .ok }, count: 3)
      #expect(answers.contains { $0.status.message == "3 refused messages within ten seconds" })
      #expect(answers.contains { $0.id == 1 && $0.status.code == .ok })
    }
  }

  @Test("duplicate ids are bad messages too")
  func duplicates() throws {
    var limits = Limits()
    limits.badMessagesPer10Seconds = 2
    let gate = Gate()
    try withServer(limits: limits, log: GatedLog(gate: gate)) { server in
      defer { gate.open() }
      let client = try server.connect()
      try client.send([.record(5, [1]), .record(5, [1]), .record(5, [1]), .describe(6)])
      let answers = try client.replies(3)
      expectRefusals(answers, count: 2)
      #expect(answers.first { $0.goAwayLastCallID != nil }?.goAwayLastCallID == 5)
    }
  }

  @Test("a method that this server lacks, and a budget that is over, are no offences")
  func refusalsThatAreNoOffences() throws {
    var limits = Limits()
    limits.badMessagesPer10Seconds = 2
    try withServer(limits: limits) { server in
      let client = try server.connect()
      for id in UInt64(1)...5 {
        #expect(try client.ask(.describe(id, budgetMillis: 0)).status.code == .deadlineExceeded)
        #expect(try client.ask(.similar(id, tweet: 987_654_321)).status.code == .notFound)
        #expect(try client.ask(Call(id) { _ in }).status.code == .unimplemented)
      }
      #expect(try client.ask(.describe(9)).status.code == .ok)
    }
  }
}
