import Foundation
import ServerSupport
import Testing

/// What `apus reload --json` prints.
private struct ReloadOutput: Decodable {
  let modelVersion: String
  let previousVersion: String
  let isChanged: Bool
}

@Suite("apus reload")
struct CommandReloadTests {
  private func run(_ it: ReloadingServer, _ arguments: String...) throws -> CommandResult {
    try runCommand(["reload", "--address", it.server.address] + arguments)
  }

  /// A reload of the older model, and the system calls of pacing that it made.
  private func trace(_ it: ReloadingServer) throws -> [Substring] {
    let path = it.folder.file("trace")
    let tracer = try ChildProcess(
      "/usr/bin/strace",
      [
        "-f", "-o", path, "-e", "trace=nanosleep,clock_nanosleep,sched_setaffinity", "-e", "signal=none", "-p",
        "\(it.server.pid)",
      ])
    try it.server.awaitUntil("strace is attached") { tracer.standardError.contains("attached") }
    try it.put(it.models.older)
    guard case .reloaded = try it.reload().result else { throw TestFailure(it.server.standardError) }
    tracer.signal(SIGINT)
    _ = try tracer.wait()
    return textOfFile(path).split(separator: "\n")
  }

  @Test("a loader makes pauses, in which the workers have the machine to themselves, and runs where they do not")
  func pauses() throws {
    let it = try ReloadingServer()
    let lines = try trace(it)
    #expect(lines.filter { $0.contains("nanosleep(") }.count > 5, "\(lines)")
    // Of a call that another thread's interrupts, the trace has two lines.
    let places = lines.filter { $0.contains("sched_setaffinity") }
    #expect(!places.isEmpty && !places.contains { $0.contains("= -1") }, "\(lines)")
    // There is one worker, whose processor is left out first where there are others.
    let online = ProcessInfo.processInfo.activeProcessorCount
    let first = try #require(places.first?.split(separator: "[").dropFirst().first?.split(separator: "]").first)
    // Such as "1 ...".
    let numbers = first.split(separator: " ").compactMap { Int($0) }
    #expect(!numbers.isEmpty && numbers.count < max(2, online), "\(lines)")
    try it.stop()
  }

  @Test("while calls queue up a loader stands still, and looks each millisecond whether they still do")
  func queues() throws {
    let it = try ReloadingServer()
    let (begun, end) = (Flag(), Flag())
    defer { end.raise() }
    let floods = (0..<2).map { _ in Background { try Self.flood(it.server.port, begun, until: end) } }
    try it.server.awaitUntil("calls queue up") { begun.isRaised }
    let lines = try trace(it)
    end.raise()
    for flood in floods { try flood.join() }
    #expect(lines.contains { $0.contains("tv_nsec=1000000}") }, "\(lines)")
    try it.stop()
  }

  /// Keeps more calls waiting than a turn answers: the next forty are sent before the forty before are answered, in bytes
  /// that were made beforehand, and nobody looks into replies.
  private static func flood(_ port: UInt16, _ begun: Flag, until end: Flag) throws {
    let sample = try SampleModel.shared()
    let client = try RawClient(port: port)
    let batches = [1...40, 41...80].map { calls in
      calls.flatMap { call in
        let rank = RankMessage(user: sample.users[call], tweets: sample.candidates(200))
        return CallMessage(UInt64(call), budgetMillis: 10_000, .rank(rank)).frame
      }
    }
    try client.send(batches[0])
    var sent = 1
    while !end.isRaised {
      try client.send(batches[sent % 2])
      sent += 1
      for _ in 1...40 { _ = try client.readFrame().get() }
      begun.raise()
    }
  }

  @Test("it says what is served now, and ends with the reason where a model is refused")
  func command() throws {
    let it = try ReloadingServer()
    let (newer, older) = (it.models.newerVersion, it.models.olderVersion)
    #expect(try run(it).stdout == "model \(newer) is served already; nothing was changed\n")
    try it.put(it.models.older)
    #expect(try run(it).stdout == "model \(older) is served, in place of \(newer)\n")
    let back: ReloadOutput = try it.server.answer(["reload", "--rollback"])
    #expect(back.modelVersion == newer && back.previousVersion == older && back.isChanged)
    try Data("no model".utf8).write(to: URL(fileURLWithPath: it.path))
    let refused = try run(it)
    #expect(refused.status == 65 && refused.stderr.contains("not a model file"), "\(refused)")
    #expect(try run(it, "--rollback", "--path", "x").status == 64 && run(it, "--wait", "0").status == 64)
    let shown = try runCommand(["describe", "--address", it.server.address]).stdout
    #expect(shown.contains("model before") && shown.contains(older) && shown.contains("2, 1 refused"), "\(shown)")
    #expect(shown.contains("not a model file"))
    try it.stop()
  }

  @Test(
    "after a reload all is as after a restart with that model, what feedback has taught included; and so is the way back"
  )
  func asAfterARestart() throws {
    let it = try ReloadingServer(["--learn", "--learn-rate", "0.5"])
    let sample = try SampleModel.shared()
    let client = try it.client()
    // Between the times up to which the two models know what happened, and after both.
    for number in 0..<30 {
      let user = sample.users[number % sample.users.count]
      let ranking = try client.ask(.rank(UInt64(2 * number + 1), user: user, sample.candidates(40))).ranking
      var events = EventsMessage()
      for (place, tweet) in ranking.tweets.prefix(20).enumerated() {
        events.users.append(user)
        events.tweets.append(tweet)
        events.types.append(place % 3 == 0 ? 3 : 1)
        events.requests.append(ranking.requestID)
      }
      let reply = try client.ask(CallMessage(UInt64(2 * number + 2), budgetMillis: 1_000, .record(events)))
      #expect(reply.code == .ok)
    }
    let learned = try it.rankings()
    #expect(try updates(it) > 0)
    try it.put(it.models.older)
    guard case .reloaded = try it.reload().result else { throw TestFailure(it.server.standardError) }
    let reloaded = try it.rankings()
    #expect(try updates(it) == 0, "what was learned for another model")
    guard case .reloaded = try it.reload(rollback: true).result else { throw TestFailure(it.server.standardError) }
    #expect(try it.rankings() == learned && updates(it) > 0)
    try it.stop()
    let restarted = try ServerProcess(
      ["--epsilon", "0", "--learn", "--learn-rate", "0.5"], model: it.models.older, stateFolder: it.folder.file("state")
    )
    #expect(try ReloadingServer.rankings(restarted) == reloaded)
    #expect(try restarted.stop() == 0)
  }

  private func updates(_ it: ReloadingServer) throws -> UInt64 {
    let description: DescribeOutput = try it.server.answer(["describe"])
    return description.onlineUpdates
  }
}
