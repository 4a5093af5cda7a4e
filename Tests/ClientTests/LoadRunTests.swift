import ArgumentParser
import Foundation
import Testing

@testable import apus_load

/// apus-load against a scripted server.
@Suite struct LoadRunTests {
  private func run(_ plan: LoadPlan) throws -> LoadReport { try ScriptedLoad.run(plan) }

  @Test("a closed loop counts every call and no failure")
  func closedLoop() throws {
    let server = ScriptedLoad.server(ScriptedLoad.echo)
    var plan = ScriptedLoad.plan(server)
    plan.source.newTextShare = 0.1
    let report = try run(plan)
    #expect(report.calls > 20 && report.failed == 0 && report.failures.isEmpty)
    #expect(abs(report.callsPerSecond * 0.4 - Double(report.calls)) < 1)
    #expect(abs(report.candidatesPerSecond - 20 * report.callsPerSecond) < 1)
    #expect(report.serverMicros.p50 == 70 && report.queueMicros.max == 20)
    #expect(report.roundTripMicros.p50 > 0 && report.roundTripMicros.p50 <= report.roundTripMicros.max)
    #expect(report.table().contains("round trip"))
    let json = try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any]
    #expect(json?["calls"] as? UInt64 == report.calls)
  }

  @Test("refusals are counted by status, with the first one's message")
  func failures() throws {
    let server = ScriptedLoad.server { peer, call in
      peer.reply(to: call.number(1)) {
        $0.message(2) {
          $0.varint(1, 8)
          $0.string(2, "full")
        }
      }
      peer.pause(millis: 5)
    }
    let report = try run(ScriptedLoad.plan(server))
    #expect(report.calls == 0 && report.failed > 0 && report.goodputShare == 0)
    #expect(report.refused > 0 && report.refusedMicros.p50 > 0 && report.roundTripMicros.max == 0)
    #expect(report.refusedMicros.p99 == report.answeredMicros.p99)
    #expect(report.failures.map(\.status) == ["RESOURCE_EXHAUSTED"] && report.failures[0].firstMessage == "full")
    #expect(report.table().contains("first: full"))
  }

  @Test("a server that goes away ends the run, and its calls in flight have failed")
  func serverGoes() throws {
    let server = FakeServer { peer, number in
      guard number == 0 else {
        for _ in 0..<3 { _ = peer.readCall() }
        return
      }
      while let call = peer.readCall() {
        peer.reply(to: call.number(1)) { writer in
          if call.has(19) {
            writer.message(19) {
              $0.ids(1, [1])
              $0.doubles(2, [1])
            }
          } else {
            writer.message(21) { _ in }
          }
        }
      }
    }
    let report = try run(ScriptedLoad.plan(server))
    #expect(report.failed == 8 && report.failures.map(\.status) == ["client: connection"])
    #expect(report.connectionsLost == 2 && report.warnings.contains { $0.contains("2 of 2 connections") })
  }

  @Test("an open loop keeps its rate and charges a stall to every call that it hits")
  func openLoop() throws {
    let server = ScriptedLoad.server { peer, call in
      if call.number(1) == 200 { peer.pause(millis: 400) }
      ScriptedLoad.echo(peer, call)
    }
    var plan = ScriptedLoad.plan(server)
    plan.connections = 1
    plan.threads = 1
    plan.budgetMillis = Mix(5000)
    plan.warmupSeconds = 0
    plan.durationSeconds = 1
    plan.streams = [CallStream(profile: try Profile("1s@500"))]
    let report = try run(plan)
    #expect(report.calls == 500 && report.failed == 0 && report.offered == 500)
    // 200 of the 500 arrive during the stall of 400 ms; only 4 were in flight.
    #expect(report.roundTripMicros.p90 > 150_000, "\(report.roundTripMicros)")
    #expect(report.sendDelayMicros.p90 > 150_000)
    #expect(report.lateShare > 0.3 && report.warnings.contains { $0.contains("all connections were full") })
    #expect(report.table().contains("WARNING"))
  }

  @Test("calls that find no room within their budget are given up, and counted as lost and late")
  func unsent() throws {
    let server = ScriptedLoad.server { peer, call in
      peer.pause(millis: 20)
      ScriptedLoad.echo(peer, call)
    }
    var plan = ScriptedLoad.plan(server)
    plan.warmupSeconds = 0
    plan.streams = [CallStream(profile: try Profile("0.4s@2000"))]
    let report = try run(plan)
    let unsent = report.failures.first { $0.status == "client: not sent" }?.count ?? 0
    #expect(unsent > 300 && UInt64(unsent) + report.calls == 800 && report.offered == 800)
    #expect(report.lost == unsent && report.late >= unsent)
    #expect(report.goodputShare < 0.7)
  }

  @Test("without a server the reason is one line")
  func noServer() throws {
    var server: FakeServer? = ScriptedLoad.server(ScriptedLoad.echo)
    let plan = ScriptedLoad.plan(try #require(server))
    server = nil
    do {
      _ = try run(plan)
      Issue.record("it ran")
    } catch let error as LoadError {
      #expect(error.description == "cannot connect to \(plan.address): Connection refused")
    }
  }

  @Test(
    "options that make no sense are refused",
    arguments: [
      ["--connections", "0"], ["--connections", "10001"], ["--in-flight", "0"], ["--rate", "0"], ["--duration", "0"],
      ["--warmup", "-1"], ["--new-text-share", "1.1"], ["--id-range", "5-4"], ["--id-range", "5"], ["--threads", "0"],
      ["--candidates", "-1"], ["--candidates", "5:1,x"], ["--rate", "3y"], ["--rate", "5", "--profile", "1s@5"],
      ["--profile", "10@5"], ["--profile", "1s@"], ["--profile", "rich=1s@5"], ["--classes", "urgent"],
      ["--budget", "0"],
      ["--fail-if", "p99"], ["--fail-if", "p98>1ms"], ["--fail-if", "p99>1"], ["--tricklers", "-1"],
      ["--processes", "0"],
      ["--proxy-listen", "127.0.0.1:0"], ["--bin-millis", "0"], ["--speed", "0"],
    ])
  func options(arguments: [String]) {
    #expect(throws: (any Error).self) { try ApusLoad.parse(arguments) }
  }

  @Test("the help shows examples")
  func help() {
    #expect(ApusLoad.helpMessage().contains("apus-load --connections 4 --in-flight 16"))
  }
}
