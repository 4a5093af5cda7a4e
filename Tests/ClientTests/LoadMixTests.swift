import Foundation
import Synchronization
import Testing

@testable import apus_load

/// What servers see of mixes, and what reports say about classes and degraded answers.
@Suite struct LoadMixTests {
  @Test("classes and what is left of budgets reach the server; a stream has its own class")
  func classes() throws {
    let critical = Atomic<Int>(0)
    let sheddable = Atomic<Int>(0)
    let overBudget = Atomic<Int>(0)
    let server = ScriptedLoad.server { peer, call in
      if call.number(3) == 1 { critical.wrappingAdd(1, ordering: .relaxed) }
      if call.number(3) == 2 { sheddable.wrappingAdd(1, ordering: .relaxed) }
      if !(1...400).contains(call.number(2)) { overBudget.wrappingAdd(1, ordering: .relaxed) }
      if call.number(3) == 2 { ScriptedLoad.refuse(peer, call) } else { ScriptedLoad.echo(peer, call) }
    }
    var plan = ScriptedLoad.plan(server)
    plan.warmupSeconds = 0
    plan.inFlight = 64
    plan.budgetMillis = Mix(400)
    plan.streams = [try CallStream("critical=0.4s@250"), try CallStream("sheddable=0.1s@100,0.3s@500")]
    let report = try ScriptedLoad.run(plan)
    #expect(report.offered == 260 && overBudget.load(ordering: .relaxed) == 0)
    #expect(report.classes.map(\.name) == ["critical", "sheddable"])
    #expect(report.classes.map(\.offered) == [100, 160])
    #expect(critical.load(ordering: .relaxed) + sheddable.load(ordering: .relaxed) + report.lost == 260)
    #expect(report.classes[1].accepted == 0 && report.classes[1].availability == 0)
    #expect(report.table().contains("sheddable") && report.steps.count == 2)
  }

  @Test("answers from which something was left out are counted")
  func degraded() throws {
    let count = Atomic<Int>(0)
    let server = ScriptedLoad.server { peer, call in
      let isSecond = count.wrappingAdd(1, ordering: .relaxed).newValue % 2 == 0
      peer.reply(to: call.number(1)) {
        $0.message(16) {
          $0.ids(2, [1, 2])
          $0.floats(3, [2, 1])
          if isSecond { $0.message(12) { $0.varint(1, 2) } }
        }
      }
    }
    var plan = ScriptedLoad.plan(server)
    plan.connections = 1
    plan.threads = 1
    let report = try ScriptedLoad.run(plan)
    #expect(report.calls > 20 && abs(report.degradedShare - 0.5) < 0.06, "\(report.degraded) of \(report.calls)")
  }

  @Test("an answer that comes after the budget is no goodput")
  func tooLate() throws {
    let server = ScriptedLoad.server { peer, call in
      peer.pause(millis: 30)
      ScriptedLoad.echo(peer, call)
    }
    var plan = ScriptedLoad.plan(server)
    plan.budgetMillis = Mix(20)
    let report = try ScriptedLoad.run(plan)
    #expect(report.calls > 0 && report.inBudget == 0 && report.goodputPerSecond == 0 && report.failed == 0)
  }
}
