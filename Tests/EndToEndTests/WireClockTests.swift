import Glibc
import ServerSupport
import Testing

@Suite("The wall clock, under the real server")
struct WireClockTests {
  @Test("a wall clock that jumps by days, both ways: budgets, waits and connections do not notice")
  func F44_wallClockJumps() throws {
    let sample = try SampleModel.shared()
    let folder = try TemporaryFolder()
    let clock = folder.file("shift")
    let library = try PreloadedLibrary("shift_clock", in: folder)
    func shift(_ days: Int64) throws {
      // In place, because the server has the file mapped.
      let file = open(clock, O_WRONLY | O_CREAT, 0o600)
      defer { close(file) }
      var seconds = days * 86_400
      guard pwrite(file, &seconds, 8, 0) == 8 else { throw TestFailure("cannot write \(clock)") }
    }
    try shift(0)
    let server = try ServerProcess(
      ["--now", "clock"],
      under: [
        "/usr/bin/env", library.setting, "APUS_CLOCK_SHIFT=\(clock)", "ASAN_OPTIONS=verify_asan_link_order=0",
      ])
    let client = try RawClient(port: server.port)
    var last: UInt64 = 0
    for (round, days) in [0, 1, -1, -400, 3, 0].enumerated() {
      try shift(Int64(days))
      for call in UInt64(1)...20 {
        let reply = try client.ask(.rank(call, user: sample.users[0], sample.candidates(50)))
        #expect(reply.code == .ok && reply.serverMicros < 3_600_000_000 && reply.queueMicros <= reply.serverMicros)
      }
      let event = EventsMessage(users: [1], tweets: [UInt64(round + 1)], types: [3])
      let recorded = try client.ask(CallMessage(30, budgetMillis: 1_000, .record(event)))
      guard case .recorded(let answer) = recorded.result else { throw TestFailure("\(recorded)") }
      // The log is ordered by its own numbers, whatever the clock says.
      #expect(answer.recorded == 1 && answer.lastSequence > last)
      last = answer.lastSequence
      // It is the server's clock that was shifted, as far as a test can tell that is not seen to the second.
      let rewards: RewardsOutput = try server.answer(["rewards", "like=0.\(round + 1)"])
      if round == 0 || days > 0 { #expect(abs(Double(rewards.setAt - Int64(time(nil))) / 86_400 - Double(days)) < 0.5) }
    }
    let about = try client.ask(.describe(40)).described
    #expect(about.queue.expired == 0 && about.eventsRecorded == 6)
    #expect(try server.stop() == 0)
  }
}
