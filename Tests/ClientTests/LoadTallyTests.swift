import Foundation
import Testing

@testable import apus_load

/// What is measured, added up and told.
@Suite struct LoadTallyTests {
  /// Made-up calls: a tally of the ones that `isMine` takes.
  private static func tally(of count: Int, seed: UInt64, isMine: (Int) -> Bool = { _ in true }) -> LoadTally {
    var dice = SplitMix(seed: seed)
    var tally = LoadTally(measureStart: 1_000_000, binMillis: 10)
    for index in 0..<count {
      let arrival = Int64.random(in: 0..<900_000_000, using: &dice)
      let time = Int64(exp(Double.random(in: 5...20, using: &dice)))
      let delay = Int64.random(in: 0..<3_000_000, using: &dice)
      let call = SentCall(
        callClass: CallClass.allCases.randomElement(using: &dice) ?? .standard, budgetNanos: 100_000_000,
        arrival: arrival, sent: arrival + delay, foundAllFull: index % 3 == 0)
      let kind = Int.random(in: 0..<10, using: &dice)
      guard isMine(index) else { continue }
      switch kind {
      case 0:
        tally.addLost(call.callClass, arrival: arrival, wasSent: false, status: "client: not sent", message: "full")
      case 1:
        tally.addSent(call)
        tally.addLost(call.callClass, arrival: arrival, wasSent: true, status: "client: timeout", message: "never")
      case 2, 3:
        tally.addSent(call)
        tally.addRefused(call, now: arrival + time, status: "RESOURCE_EXHAUSTED", message: "later")
      default:
        tally.addSent(call)
        tally.addAccepted(
          call, now: arrival + time, serverMicros: UInt32(time / 2000), queueMicros: 3, isDegraded: kind == 4)
      }
    }
    return tally
  }

  private static func json(_ tally: LoadTally) throws -> [String: Any] {
    var plan = LoadPlan(
      address: "", connections: 1, inFlight: 1, threads: 1, candidates: Mix(1), budgetMillis: Mix(100),
      durationSeconds: 0.9, warmupSeconds: 0.001, explains: false)
    plan.streams = [CallStream(profile: try Profile("300ms@1000,600ms@900"))]
    let outcome = Fleet.Outcome(tally: tally, server: "", notes: [])
    let text = try LoadReport(plan: plan, processes: 1, outcome: outcome, saturation: nil).json()
    return try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("each class has its own times, and all of them together are those of the run")
  func timesOfClasses() throws {
    var tally = LoadTally(measureStart: 0, binMillis: 10)
    for index in 1...1000 {
      let call = SentCall(
        callClass: index.isMultiple(of: 2) ? .critical : .sheddable, budgetNanos: 100_000_000, arrival: 0, sent: 0,
        foundAllFull: false)
      let micros = call.callClass == .critical ? 1000 : 5000
      tally.addAccepted(call, now: Int64(micros) * 1000, serverMicros: 1, queueMicros: 1, isDegraded: false)
    }
    let report = try Self.json(tally)
    let classes = try #require(report["classes"] as? [[String: Any]])
    let p99s = try classes.map { try #require(($0["roundTripMicros"] as? [String: Double])?["p99"]) }
    #expect(classes.map { $0["name"] as? String } == ["critical", "sheddable"])
    #expect(zip(p99s, [1000, 5000]).allSatisfy { abs($0 - $1) < 0.01 * $1 }, "\(p99s)")
    let all = try #require(report["roundTripMicros"] as? [String: Double])
    #expect(all["p99"] == p99s[1] && all["max"] == 5000)
  }

  @Test("measurements of parts, handed over as JSON and added up, are those of the whole, percentiles too")
  func merging() throws {
    let whole = Self.tally(of: 5000, seed: 3)
    var sum = LoadTally(measureStart: 1_000_000, binMillis: 10)
    for part in 0..<4 {
      let share = Self.tally(of: 5000, seed: 3) { $0 % 4 == part }
      sum.add(try JSONDecoder().decode(LoadTally.self, from: JSONEncoder().encode(share)))
    }
    #expect(try NSDictionary(dictionary: Self.json(sum)) == NSDictionary(dictionary: Self.json(whole)))
    #expect(whole.classes.reduce(0) { $0 + $1.accepted } > 2000 && whole.refused.count > 500)
  }

  @Test("every call of the measured time is counted once, in its class, its bin and its piece of the profile")
  func counting() throws {
    let tally = Self.tally(of: 3000, seed: 9)
    let report = try Self.json(tally)
    let offered = try #require(report["offered"] as? Int)
    func sum(_ key: String, of list: String) throws -> Int {
      try #require(report[list] as? [[String: Any]]).reduce(0) { $0 + ($1[key] as? Int ?? 0) }
    }
    #expect(offered > 2900 && offered < 3000)
    for (key, total) in [
      ("offered", "offered"), ("accepted", "calls"), ("inBudget", "inBudget"), ("refused", "refused"),
    ] {
      let expected = try #require(report[total] as? Int)
      #expect(try sum(key, of: "classes") == expected && sum(key, of: "timeline") == expected, "\(key)")
    }
    let steps = try #require(report["steps"] as? [[String: Any]])
    let perSecond = steps.map { $0["offeredPerSecond"] as? Double ?? 0 }
    #expect(abs(perSecond[0] * 0.3 + perSecond[1] * 0.6 - Double(offered)) < 0.001)
  }

  @Test("the time line is drawn, with a bar for every bin that has calls")
  func plot() throws {
    let tally = Self.tally(of: 4000, seed: 5)
    let text = LatencyPlot(tally.timeBins, width: 30).text()
    #expect(text.contains("█") && text.contains("░") && text.contains("a column is 30 ms"))
    let lines = text.split(separator: "\n")
    #expect(lines.count { $0.contains("│") } == 10)
    #expect(lines.allSatisfy { $0.count < 100 })
    #expect(LatencyPlot(TimeBins(binNanos: 10)).text().isEmpty)
  }

  @Test("conditions hold where the report says so, in their own units")
  func conditions() throws {
    let plan = LoadPlan(
      address: "", connections: 1, inFlight: 1, threads: 1, candidates: Mix(1), budgetMillis: Mix(100),
      durationSeconds: 1, warmupSeconds: 0, explains: false)
    var tally = LoadTally(measureStart: 0, binMillis: 100)
    let call = SentCall(callClass: .critical, budgetNanos: 20_000_000, arrival: 5, sent: 5)
    for milli: Int64 in 1...40 {
      tally.addSent(call)
      tally.addAccepted(call, now: 5 + milli * 1_000_000, serverMicros: 10, queueMicros: 5, isDegraded: milli == 1)
    }
    let report = LoadReport(
      plan: plan, processes: 1, outcome: Fleet.Outcome(tally: tally, server: "", notes: []), saturation: nil)
    for (text, holds) in [
      ("p50>19ms", true), ("p50>21ms", false), ("p50 <= 20.1ms", true), ("max>=0.04s", true), ("max<39000us", false),
      ("goodput-share<51%", true), ("goodput-share<50%", false), ("goodput-share>=0.5", true), ("goodput<21", true),
      ("critical.availability<99.9%", true), ("degraded-share>2%", true), ("degraded-share>3%", false),
      ("server.p99>9us", true), ("queue.max>6us", false), ("refused.p99>0ms", false), ("failed>0", false),
      ("lost>=0", true),
    ] {
      #expect(try (FailCondition(text).failure(of: report) != nil) == holds, "\(text)")
    }
    for wrong in [
      "", "p99", "p99=1ms", "p99>", "p99>x", ">1ms", "p99>1%", "failed>1ms", "vip.availability<1%", "client.p99>1s",
    ] {
      #expect(throws: LoadError.self, "\(wrong)") { try FailCondition(wrong) }
    }
  }
}
