import ArgumentParser
import Foundation
import Testing

@testable import apus_load

/// apus-load against a scripted server.
@Suite struct LoadRunTests {
  /// Answers what apus-load asks; `rank` gets the call and writes its reply.
  private static func server(_ rank: @escaping @Sendable (FakePeer, ProtoFields) -> Void) -> FakeServer {
    FakeServer { peer, _ in
      while let call = peer.readCall() {
        if call.has(16) {
          rank(peer, call)
        } else if call.has(19) {
          peer.reply(to: call.number(1)) {
            $0.message(19) {
              $0.ids(1, Array(1...50))
              $0.doubles(2, [Double](repeating: 1, count: 50))
            }
          }
        } else {
          peer.reply(to: call.number(1)) { $0.message(21) { $0.string(1, "fake") } }
        }
      }
    }
  }

  private static func echo(_ peer: FakePeer, _ call: ProtoFields) {
    let rank = call.messages(16).first
    peer.reply(to: call.number(1)) {
      $0.varint(3, 70)
      $0.varint(4, 20)
      $0.ranking((rank?.ids(2) ?? []) + (rank?.messages(5).map { $0.number(1) } ?? []))
    }
  }

  private func plan(_ server: FakeServer) -> LoadPlan {
    LoadPlan(
      address: server.address, connections: 2, inFlight: 4, threads: 2, candidates: 20, durationSeconds: 0.4,
      warmupSeconds: 0.1, rate: nil, budgetMillis: 200, explains: false)
  }

  private func run(_ plan: LoadPlan, newTextShare: Double = 0) throws -> LoadReport {
    let preparation = try Preparation(
      plan: plan, usersPath: nil, tweetsPath: nil, range: nil, seed: 1, newTextShare: newTextShare)
    return try LoadRun(plan: plan, pool: preparation.pool, server: preparation.server).run()
  }

  @Test("a closed loop counts every call and no failure")
  func closedLoop() throws {
    let server = Self.server(Self.echo)
    let report = try run(plan(server), newTextShare: 0.1)
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
    let server = Self.server { peer, call in
      peer.reply(to: call.number(1)) {
        $0.message(2) {
          $0.varint(1, 8)
          $0.string(2, "full")
        }
      }
      peer.pause(millis: 5)
    }
    let report = try run(plan(server))
    #expect(report.calls == 0 && report.failed > 0)
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
    let report = try run(plan(server))
    #expect(report.failed == 8 && report.failures.map(\.status) == ["client: connection"])
  }

  @Test("an open loop keeps its rate and charges a stall to every call that it hits")
  func openLoop() throws {
    let server = Self.server { peer, call in
      if call.number(1) == 200 { peer.pause(millis: 400) }
      Self.echo(peer, call)
    }
    var plan = plan(server)
    plan.connections = 1
    plan.threads = 1
    plan.rate = 500
    plan.warmupSeconds = 0
    plan.durationSeconds = 1
    let report = try run(plan)
    // On a busy machine some may find no room before the end; none is forgotten.
    #expect(report.calls + UInt64(report.failed) == 500)
    // 200 of the 500 arrive during the stall of 400 ms; only 4 were in flight.
    #expect(report.roundTripMicros.p90 > 150_000, "\(report.roundTripMicros)")
    #expect(report.sendDelayMicros.p90 > 150_000)
  }

  @Test("calls that find no room until the end of an open loop have failed")
  func unsent() throws {
    let server = Self.server { peer, call in
      peer.pause(millis: 20)
      Self.echo(peer, call)
    }
    var plan = plan(server)
    plan.rate = 2000
    plan.warmupSeconds = 0
    let report = try run(plan)
    let unsent = report.failures.first { $0.status == "client: not sent" }?.count ?? 0
    #expect(unsent > 300 && UInt64(unsent) + report.calls == 800)
  }

  @Test("without a server the reason is one line")
  func noServer() throws {
    var server: FakeServer? = Self.server(Self.echo)
    let plan = plan(try #require(server))
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
      ["--connections", "0"], ["--connections", "1001"], ["--in-flight", "0"], ["--rate", "0"], ["--duration", "0"],
      ["--warmup", "-1"], ["--new-text-share", "1.1"], ["--id-range", "5-4"], ["--id-range", "5"], ["--threads", "0"],
      ["--candidates", "-1"],
    ])
  func options(arguments: [String]) {
    #expect(throws: (any Error).self) { try ApusLoad.parse(arguments) }
  }

  @Test("the help shows examples")
  func help() {
    #expect(ApusLoad.helpMessage().contains("apus-load --connections 4 --in-flight 16"))
  }
}
