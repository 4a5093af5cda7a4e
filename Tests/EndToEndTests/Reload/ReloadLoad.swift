import Foundation
import ServerSupport

/// A client that ranks the same calls again and again while models change, and compares each answer with that of the model
/// that it names.
final class ReloadLoad: @unchecked Sendable {
  private let lock = NSLock()
  private var isStopping = false
  private var result: Result<[String: Int], any Error>?

  /// Begins; `expected` are ``ReloadingServer/rankings(_:)`` by version.
  init(port: UInt16, expected: [String: [RankAnswer]]) {
    let thread = Thread { [self] in
      let outcome = Result { try run(port, expected) }
      lock.withLock { result = outcome }
    }
    thread.start()
  }

  /// Ends it; how many answers each model gave.
  func stop() throws -> [String: Int] {
    lock.withLock { isStopping = true }
    while true {
      if let result = lock.withLock({ result }) { return try result.get() }
      usleep(2_000)
    }
  }

  private func run(_ port: UInt16, _ expected: [String: [RankAnswer]]) throws -> [String: Int] {
    let sample = try SampleModel.shared()
    let client = try RawClient(port: port)
    var seen: [String: Int] = [:]
    var call = 0
    while !lock.withLock({ isStopping }) {
      // Several in flight, so that models change between calls of one turn.
      for _ in 0..<8 {
        var rank = RankMessage(user: sample.users[call % 8 * 20], tweets: sample.candidates(60))
        rank.explains = true
        try client.send(CallMessage(UInt64(call + 1), budgetMillis: 1_000, .rank(rank)))
        call += 1
      }
      for _ in 0..<8 {
        let reply = try client.readReply()
        // A machine that is busy may take longer than any budget; that is no fault of the reload.
        if reply.code == .deadlineExceeded { continue }
        let answer = try reply.ranking.withoutRequestID
        guard let models = expected[answer.modelVersion], models[Int((reply.id - 1) % 8)] == answer else {
          throw TestFailure("call \(reply.id): no answer of one model: \(answer)")
        }
        seen[answer.modelVersion, default: 0] += 1
      }
    }
    return seen
  }
}
