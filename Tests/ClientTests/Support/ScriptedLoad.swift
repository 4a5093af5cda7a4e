import Foundation

@testable import apus_load

/// A scripted server for apus-load, and a small plan for it.
enum ScriptedLoad {
  /// Answers what apus-load asks; `rank` gets the call and writes its reply.
  static func server(_ rank: @escaping @Sendable (FakePeer, ProtoFields) -> Void) -> FakeServer {
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

  /// Ranks the candidates as they came.
  static func echo(_ peer: FakePeer, _ call: ProtoFields) {
    let rank = call.messages(16).first
    peer.reply(to: call.number(1)) {
      $0.varint(3, 70)
      $0.varint(4, 20)
      $0.ranking((rank?.ids(2) ?? []) + (rank?.messages(5).map { $0.number(1) } ?? []))
    }
  }

  /// Refuses with RESOURCE_EXHAUSTED.
  static func refuse(_ peer: FakePeer, _ call: ProtoFields) {
    peer.reply(to: call.number(1)) {
      $0.message(2) {
        $0.varint(1, 8)
        $0.string(2, "full")
      }
    }
  }

  static func plan(_ server: FakeServer) -> LoadPlan {
    LoadPlan(
      address: server.address, connections: 2, inFlight: 4, threads: 2, candidates: Mix(20), budgetMillis: Mix(200),
      durationSeconds: 0.4, warmupSeconds: 0.1, explains: false)
  }

  static func run(_ plan: LoadPlan) throws -> LoadReport {
    LoadReport(plan: plan, processes: 1, outcome: try Fleet(processes: 1).run(plan), saturation: nil)
  }
}
