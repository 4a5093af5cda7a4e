import Foundation
import Synchronization

/// The thread that misbehaves beside the run, on all hostile connections.
///
/// `tallies` belongs to the thread until `stop` has returned.
final class HostileCrew: @unchecked Sendable {
  private(set) var tallies: [HostileTally] = []
  private let frames: HostileFrames
  private var members: [(connection: HostileConnection, tally: Int)] = []
  private let isStopped = Atomic<Bool>(false)
  private let running = DispatchGroup()

  /// A turn of all members is begun this often: a trickler sends one byte a turn.
  private static let turnNanos: Int64 = 20_000_000

  /// - Returns: nil where nobody is hostile.
  init?(plan: LoadPlan, source: CallSource) throws(LoadError) {
    guard plan.hostile.connections > 0, plan.share.index == 0, case .pool(let pool) = source else { return nil }
    frames = try HostileFrames(address: plan.address, pool: pool)
    let kinds: [(HostileKind, Int)] = [
      (.slowReader, plan.hostile.slowReaders), (.trickler, plan.hostile.tricklers), (.garbage, plan.hostile.garbage),
      (.pingFlood, plan.hostile.pingFloods),
    ]
    for (kind, count) in kinds where count > 0 {
      for _ in 0..<count {
        let seed = plan.source.seed &+ UInt64(members.count)
        members.append((HostileConnection(address: plan.address, kind: kind, seed: seed), tallies.count))
      }
      tallies.append(HostileTally(kind: kind, connections: count))
    }
  }

  func start() {
    running.enter()
    Thread {
      self.work()
      self.running.leave()
    }.start()
  }

  /// Ends the misbehaviour and closes the connections.
  func stop() {
    isStopped.store(true, ordering: .relaxed)
    running.wait()
  }

  private func work() {
    while !isStopped.load(ordering: .relaxed) {
      let begin = Clock.monotonicNanos()
      for index in members.indices {
        if isStopped.load(ordering: .relaxed) { break }
        let tally = members[index].tally
        members[index].connection.act(frames, into: &tallies[tally])
      }
      let left = Self.turnNanos - (Clock.monotonicNanos() - begin)
      if left > 0 { usleep(UInt32(left / 1000)) }
    }
    for index in members.indices { members[index].connection.close() }
  }
}
