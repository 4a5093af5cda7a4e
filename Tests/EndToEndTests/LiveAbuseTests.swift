import Feedback
import Foundation
import Ranking
import ServerSupport
import Testing

/// Feedback that is wrong, repeated or forged: answered as docs/protocol.md says, and nothing learned from what is not so.
@Suite("Bad feedback")
struct LiveAbuseTests {
  private let sample: SampleModel
  private let server: ServerProcess
  private let client: RawClient
  private let tweets: [UInt64]

  init() throws {
    sample = try SampleModel.shared()
    server = try ServerProcess(["--bandit", "epsilon-greedy", "--epsilon", "0.5", "--seed", "3"])
    client = try RawClient(port: server.port)
    tweets = sample.candidates(20)
  }

  private var user: UInt64 { sample.users[0] }

  private func rank() throws -> RankAnswer { try client.ask(.rank(1, user: user, tweets)).ranking }

  private func events(_ rows: [(user: UInt64, tweet: UInt64, type: UInt32, time: Int64, request: UInt64)])
    -> CallMessage
  {
    CallMessage(
      2, budgetMillis: 1_000,
      .record(
        EventsMessage(
          users: rows.map(\.user), tweets: rows.map(\.tweet), types: rows.map(\.type), timestamps: rows.map(\.time),
          requests: rows.map(\.request))))
  }

  /// Recorded, duplicates, unmatched.
  private func record(_ call: CallMessage) throws -> [UInt32] {
    let reply = try client.ask(call)
    guard case .recorded(let count) = reply.result, reply.code == .ok else { throw TestFailure("\(reply)") }
    return [count.recorded, count.duplicates, count.unmatched]
  }

  private func bandit(_ tweet: UInt64) throws -> Float { try server.banditTerm(of: "\(tweet)") }

  /// Ends the server and reads what its log holds.
  private func logged() throws -> [LogEntry] {
    #expect(try server.stop() == 0)
    var entries: [LogEntry] = []
    let log = try LocalLog(folder: server.stateFolder)
    _ = try log.replay(after: 0) { entry, _ in entries.append(entry) }
    log.close()
    return entries
  }

  @Test("Events of users and tweets that no model knows count as any other")
  func unknownIDs() throws {
    #expect(try record(events([(.max, .max, 3, 0, 0), (0, 0, 3, 0, 0)])) == [2, 0, 0])
    #expect(try bandit(.max) > 0 && bandit(0) > 0)
  }

  @Test("A thousand copies, in any order and in any calls, are each acknowledged and count once")
  func F34_aThousandCopies() throws {
    let shown = try rank()
    let rows = [(0, 1), (0, 3), (1, 1), (1, 7), (2, 3), (2, 6)] as [(Int, UInt32)]
    var dice = Dice(5)
    var copies = rows.flatMap { row in
      (0..<1_000).map { _ in
        (user: user, tweet: shown.tweets[row.0], type: row.1, time: Int64(0), request: shown.requestID)
      }
    }
    copies.shuffle(using: &dice)
    var sums: [UInt32] = [0, 0, 0]
    var rest = copies[...]
    while !rest.isEmpty {
      let part = rest.prefix(Int.random(in: 1...500, using: &dice))
      rest = rest.dropFirst(part.count)
      let told = try record(events(Array(part)))
      #expect(told[0] + told[1] == UInt32(part.count))
      for i in 0..<3 { sums[i] += told[i] }
    }
    #expect(sums == [6, 5_994, 0])
    // Trial and reward of the two likes and the reply; weight 5, ten trials of the prior.
    #expect(abs(try bandit(shown.tweets[0]) - 5 * 0.4 / 11) < 1e-5)
    #expect(abs(try bandit(shown.tweets[1]) + 5 * 0.5 / 11) < 1e-5)
    #expect(abs(try bandit(shown.tweets[2]) - 5 * 1.4 / 12) < 1e-5)
    #expect(try logged().count == 7)
  }

  @Test("Forged and foreign request ids are acknowledged, kept as unmatched, and teach nothing")
  func F33_forgedRequests() throws {
    let shown = try rank()
    let (tweet, absent) = (shown.tweets[0], sample.tweets[500])
    let forged: [(UInt64, UInt64, UInt64)] = [
      (user, tweet, shown.requestID &+ 1), (user, tweet, .max), (sample.users[1], tweet, shown.requestID),
      (user, absent, shown.requestID),
    ]
    for (who, what, request) in forged {
      #expect(try record(events([(who, what, 3, 0, request)])) == [1, 0, 1])
      #expect(try record(events([(who, what, 3, 0, request)])) == [0, 1, 0])
    }
    #expect(try bandit(tweet) == 0 && bandit(absent) == 0)
    let live: DescribeOutput = try server.answer(["describe"])
    #expect(live.feedbackArms == 0 && live.feedbackUsers == 0 && live.feedbackUnmatched == 4)
    // Nobody's forgery stands in the way of the real event.
    #expect(try record(events([(user, tweet, 3, 0, shown.requestID)])) == [1, 0, 0])
    #expect(try bandit(tweet) > 0)
    let flags = try logged().compactMap { if case .event(_, let isUnmatched) = $0 { isUnmatched } else { nil } }
    #expect(flags == [true, true, true, true, false])
  }

  @Test("Times of the future, of 1970 and before become the time of arrival; those in between are kept")
  func times() throws {
    let now = Int64(Date().timeIntervalSince1970)
    let claimed = [.min, -1, 0, 1, now - 500, now + 86_400, .max]
    let rows = claimed.enumerated().map {
      (user: user, tweet: UInt64($0 + 1), type: UInt32(3), time: $1, request: UInt64(0))
    }
    #expect(try record(events(rows)) == [7, 0, 0])
    let kept = try logged().compactMap { if case .event(let event, _) = $0 { event.timestampSeconds } else { nil } }
    #expect(kept.count == 7 && kept[3] == 1 && kept[4] == now - 500)
    for index in [0, 1, 2, 5, 6] { #expect(kept[index] >= now && kept[index] < now + 3_600, "\(claimed[index])") }
  }

  @Test("Types of later versions are stored, once for a ranking, and earn nothing")
  func laterTypes() throws {
    let shown = try rank()
    for type in [0, 9, 77, .max] as [UInt32] {
      #expect(try record(events([(user, shown.tweets[0], type, 0, shown.requestID)])) == [1, 0, 0])
      #expect(try record(events([(user, shown.tweets[0], type, 0, shown.requestID)])) == [0, 1, 0])
    }
    #expect(try bandit(shown.tweets[0]) == 0)
    let types = try logged().compactMap { if case .event(let event, _) = $0 { event.type } else { nil } }
    #expect(types == [0, 9, 77, .max])
  }

  @Test("A propensity or a reward that a client sends is ignored: the log holds the server's own")
  func F35_claimsAreIgnored() throws {
    var shown = try rank()
    // Half of the rankings explore: one whose propensities are not all alike.
    for _ in 0..<50 where Set(shown.propensities).count < 2 { shown = try rank() }
    let payload = MessageWriter.make { call in
      call.varint(1, 2)
      call.varint(2, 1_000)
      call.message(20) { record in
        record.column(1, [user])
        record.column(2, [shown.tweets[0]])
        record.payload(3, [3])
        record.column(5, [shown.requestID])
        for field in 6...40 as ClosedRange<UInt64> {
          record.column(field, [1e-9] as [Float])
          record.column(field, [Double(1_000_000).bitPattern])
        }
      }
    }
    try client.send(MessageWriter.frame(payload))
    let reply = try client.readReply()
    guard case .recorded(let count) = reply.result else { throw TestFailure("\(reply)") }
    #expect(reply.code == .ok && count.recorded == 1 && count.unmatched == 0)
    #expect(abs(try bandit(shown.tweets[0]) - 5 * 0.4 / 11) < 1e-5)
    let entries = try logged()
    guard entries.count == 2, case .ranking(let ranking) = entries[0] else { throw TestFailure("\(entries)") }
    #expect(ranking.requestID == shown.requestID && ranking.items.map(\.tweetID) == shown.tweets)
    #expect(ranking.items.map(\.propensity) == shown.propensities)
  }
}
