import Glibc
import ServerSupport

/// A client that ranks the same calls again and again while models change, and compares each answer with that of the model
/// that it names.
struct ReloadLoad {
  private let end: Flag
  private let asking: Background<[String: Int]>

  /// Begins; `expected` are ``ReloadingServer/rankings(_:)`` by version.
  init(port: UInt16, expected: [String: [RankAnswer]]) {
    let end = Flag()
    self.end = end
    asking = Background { try Self.ask(port, expected, until: end) }
  }

  /// Ends it; how many answers each model gave.
  func stop() throws -> [String: Int] {
    end.raise()
    return try asking.join()
  }

  private static func ask(_ port: UInt16, _ expected: [String: [RankAnswer]], until end: Flag) throws -> [String: Int] {
    let sample = try SampleModel.shared()
    let client = try RawClient(port: port)
    var seen: [String: Int] = [:]
    var call = 0
    var refused = 0
    while !end.isRaised {
      // Several in flight, so that models change between calls of one turn.
      for _ in 0..<8 {
        var rank = RankMessage(user: sample.users[call % 8 * 20], tweets: sample.candidates(60))
        rank.explains = true
        try client.send(CallMessage(UInt64(call + 1), budgetMillis: 1_000, .rank(rank)))
        call += 1
      }
      for _ in 0..<8 {
        let reply = try client.readReply()
        if reply.isTooBusy {
          refused += 1
          continue
        }
        let answer = try reply.ranking.withoutRequestID
        guard let models = expected[answer.modelVersion], models[Int((reply.id - 1) % 8)] == answer else {
          throw TestFailure("call \(reply.id): no answer of one model: \(answer)")
        }
        seen[answer.modelVersion, default: 0] += 1
      }
      // A server without an idle moment would take ten times as long for a reload.
      usleep(5_000)
    }
    // That the machine is busy is no fault of a reload, which would have to do with many more.
    guard refused * 100 <= call else { throw TestFailure("\(refused) of \(call) calls were refused") }
    return seen
  }
}
