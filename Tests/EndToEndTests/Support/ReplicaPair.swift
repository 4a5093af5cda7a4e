import Feedback
import Foundation
import RedisSupport
import ServerSupport
import Testing

/// Two real servers that share their feedback through one real Redis, and a client of each that has rankings made all the time.
final class ReplicaPair {
  let redis: RedisServer
  let servers: [ServerProcess]
  private let sample: SampleModel
  private let folder: TemporaryFolder
  private let viewers: [Viewer]
  private var recorded = 0
  private var round = 0

  /// Starts everything; `redis` may be down.
  init(redis: RedisServer) throws {
    self.redis = redis
    let (sample, folder) = (try SampleModel.shared(), try TemporaryFolder())
    (self.sample, self.folder) = (sample, folder)
    servers = try ["a", "b"].map {
      try ServerProcess(
        ["--redis", redis.url, "--redis-prefix", "pair", "--epsilon", "0"], stateFolder: folder.file($0))
    }
    viewers = servers.map { Viewer(port: $0.port, sample) }
  }

  /// Records events at both servers: some that name a ranking of the same server, some one of the other's, some none.
  func record(_ count: Int = 20) throws {
    let clients = try servers.map { try RawClient(port: $0.port) }
    for number in 0..<count {
      round += 1
      let user = sample.users[round % sample.users.count]
      let ranking = try clients[number % 2].ask(.rank(UInt64(round), user: user, sample.candidates(20))).ranking
      let target = clients[(number / 2) % 2]
      var events = EventsMessage()
      for (index, tweet) in ranking.tweets.prefix(3).enumerated() {
        events.users.append(user)
        events.tweets.append(tweet)
        events.types.append(UInt32(1 + (round + index) % 6))
        events.timestamps.append(Int64(Date().timeIntervalSince1970))
        events.requests.append(index == 2 ? 0 : ranking.requestID)
      }
      let reply = try target.ask(CallMessage(UInt64(round), budgetMillis: 1_000, .record(events)))
      guard case .recorded(let answer) = reply.result else { throw TestFailure("\(reply)") }
      recorded += Int(answer.recorded)
    }
  }

  /// Takes note of events that were recorded by other means.
  func countsElsewhere(_ count: Int) { recorded += count }

  /// Both servers' word on the shared log.
  func describe() throws -> [DescribeAnswer] {
    try servers.map { try RawClient(port: $0.port).ask(.describe(1)).described }
  }

  /// Waits until what both say of themselves is so; at most a minute.
  @discardableResult
  func wait(_ what: String, until isSo: (DescribeAnswer) -> Bool) throws -> [DescribeAnswer] {
    var answers: [DescribeAnswer] = []
    try awaitUntil(what, seconds: 60 * Executables.patience, last: { "\(answers)" }) {
      answers = try describe()
      return answers.allSatisfy(isSo)
    }
    return answers
  }

  /// Records some more, waits until both have folded everything, stops both, and compares what each holds with what both logs
  /// together come to. No ranking may have failed since the beginning.
  func expectAgreement() throws {
    try record()
    try wait("\(recorded) events at both") {
      $0.eventsRecorded == UInt64(recorded) && $0.sharedLag == 0 && $0.isShared
    }
    // A ranking that the other's event names becomes part of the log of who answered it, and then travels too.
    usleep(300_000)
    try wait("nothing more to ship") { $0.sharedLag == 0 }
    usleep(300_000)
    for viewer in viewers { try viewer.finish() }
    for server in servers { #expect(try server.stop() == 0, "\(server.standardError)") }
    let state = FoldedState()
    for server in servers {
      let log = try LocalLog(folder: server.stateFolder)
      let names = try #require(log.identity)
      _ = try log.replay(after: 0) { state.apply($0, node: names.node(of: $1), sequence: $1) }
      log.close()
    }
    #expect(state.events == UInt64(recorded))
    for server in servers {
      let held = try FoldedState.read(path: server.stateFolder + "/snapshot")
      #expect(held.digest() == state.digest() && held.events == state.events)
    }
  }
}

/// Has rankings made, one after the other, and takes note of those that fail.
private struct Viewer {
  private let end: Flag
  private let asking: Background<(answered: Int, failures: [ReplyMessage])>

  init(port: UInt16, _ sample: SampleModel) {
    let end = Flag()
    self.end = end
    asking = Background {
      let client = try RawClient(port: port)
      var (answered, failures) = (0, [ReplyMessage]())
      while !end.isRaised {
        answered += 1
        let id = UInt64(answered)
        let reply = try client.ask(.rank(id, user: sample.users[answered % 50], sample.candidates(50)))
        if reply.code != .ok || reply.id != id { failures.append(reply) }
        usleep(5_000)
      }
      return (answered, failures)
    }
  }

  func finish() throws {
    end.raise()
    let (answered, failures) = try asking.join()
    #expect(failures.isEmpty, "\(failures.prefix(3))")
    #expect(answered > 10)
  }
}
