import Foundation
import Testing

/// Feedback changes the order at once, and what was acknowledged is there after any death of the server.
@Suite("RecordEvents")
struct CommandRecordTests {
  private let folder: TemporaryFolder
  private var state: String { folder.file("state") }
  private var log: String { folder.file("state/log-00000000000000000001.segment") }

  init() throws { folder = try TemporaryFolder() }

  private func start() throws -> ServerProcess {
    try ServerProcess(["--epsilon", "0", "--bandit", "epsilon-greedy"], stateFolder: state)
  }

  /// What the policy's documentation says: weight 5, reward of a like 0.4, ten prior trials.
  private func term(likes: Int, trials: Int) -> Float { 5 * 0.4 * Float(likes) / (Float(trials) + 10) }

  private func expectClose(_ value: Float, _ expected: Float, location: SourceLocation = #_sourceLocation) {
    #expect(abs(value - expected) < 1e-5, "\(value) is not \(expected)", sourceLocation: location)
  }

  @Test("Likes raise a tweet's bandit term at once, impressions lower its mean, other tweets keep theirs")
  func countsAtOnce() throws {
    let tweets = try SampleModel.shared().tweetKeys
    let server = try start()
    #expect(try server.banditTerm(of: tweets[0]) == 0)
    for count in 1...3 {
      let sequence = try server.record("like", tweet: tweets[0])
      #expect(sequence == UInt64(count))
      expectClose(try server.banditTerm(of: tweets[0]), term(likes: count, trials: count))
    }
    for _ in 1...5 { try server.record("impression", tweet: tweets[0]) }
    expectClose(try server.banditTerm(of: tweets[0]), term(likes: 3, trials: 5))
    #expect(try server.banditTerm(of: tweets[1]) == 0)
    try server.record("report", tweet: tweets[1])
    #expect(try server.banditTerm(of: tweets[1]) < 0)
    try server.record("like", tweet: "a tweet that no model knows")
    expectClose(try server.banditTerm(of: "a tweet that no model knows"), term(likes: 1, trials: 1))
  }

  @Test("Sums add up, also by their older name; --bandit off adds nothing and does not explore unless told to")
  func otherBandits() throws {
    var classic = try ServerProcess(["--epsilon", "0", "--bandit", "classic"], stateFolder: state)
    for count in 1...3 {
      if count == 3 {
        try classic.stop()
        let arguments = ["--epsilon", "0", "--bandit", "epsilon-greedy", "--bandit-worth", "sum"]
        classic = try ServerProcess(arguments, stateFolder: state)
      }
      try classic.record("like", tweet: "t")
      try classic.record("impression", tweet: "t")
      expectClose(try classic.banditTerm(of: "t"), 5 * 0.4 * Float(count))
    }
    try classic.stop()
    let off = try ServerProcess(["--bandit", "off"], stateFolder: state)
    #expect(try off.banditTerm(of: "t") == 0)
    let description: DescribeOutput = try off.answer(["describe"])
    #expect(description.epsilon == 0 && description.eventsRecorded == 6)
  }

  @Test("Liked often enough, a tweet is ranked first")
  func changesTheOrder() throws {
    let tweets = try SampleModel.shared().tweetKeys.prefix(10)
    let arguments = ["rank", "--user", "anybody", "--tweets", tweets.joined(separator: ",")]
    let server = try start()
    let before: RankOutput = try server.answer(arguments)
    let last = try #require(before.items.last)
    for _ in 0..<2 { try server.record("reply", tweet: last.tweet) }
    var after: RankOutput = try server.answer(arguments)
    #expect(try after.item(last.tweet).score > last.score)
    let replies = 40
    for _ in 0..<replies { try server.record("reply", tweet: last.tweet) }
    after = try server.answer(arguments)
    #expect(try after.item(last.tweet).rank < last.rank, "\(replies) replies did not move it")
  }

  @Test("Every acknowledged event is replayed after SIGTERM and after SIGKILL", arguments: [SIGTERM, SIGKILL])
  func survivesRestart(signal: Int32) throws {
    let tweet = try SampleModel.shared().tweetKeys[0]
    var acknowledged: UInt64 = 0
    var likes = 0
    for round in 1...3 {
      let server = try start()
      #expect(server.standardError.contains("; \(acknowledged) events replayed;"), "\(server.standardError)")
      #expect(!server.standardError.contains("torn"))
      let description: DescribeOutput = try server.answer(["describe"])
      #expect(description.eventsRecorded == acknowledged)
      expectClose(try server.banditTerm(of: tweet), term(likes: likes, trials: likes))
      for _ in 0..<round {
        acknowledged += 1
        likes += 1
        #expect(try server.record("like", tweet: tweet) == acknowledged)
      }
      server.signal(signal)
      #expect(try server.wait() == (signal == SIGTERM ? 0 : 128 + signal))
    }
  }

  @Test("A torn tail is cut, with a note, and what was acknowledged stays", arguments: [1, 37, 63, 64])
  func tornTail(bytes: Int) throws {
    let first = try start()
    for _ in 1...3 { try first.record("like", tweet: "t") }
    first.signal(SIGKILL)
    _ = try first.wait()
    let sound = try contents(log)
    // The beginning of a record, behind the three that are there, as a power failure leaves it.
    let end = 64 + 3 * 64
    try write(Array(sound[..<end]) + sound[64..<128].prefix(bytes - 1) + [7] + sound[(end + bytes)...], to: log)
    let second = try start()
    #expect(second.standardError.contains("apus: cut \(bytes) bytes of a torn"), "\(second.standardError)")
    #expect(second.standardError.contains("; 3 events replayed;"))
    expectClose(try second.banditTerm(of: "t"), term(likes: 3, trials: 3))
    #expect(try second.record("like", tweet: "t") == 4)
    try second.stop()
    let third = try start()
    #expect(third.standardError.contains("; 4 events replayed;") && !third.standardError.contains("torn"))
  }

  @Test("Of a log that is damaged in its middle the rest counts, and every start says what is lost")
  func F64_damagedLog() throws {
    let first = try start()
    for _ in 1...4 { try first.record("like", tweet: "t") }
    // Killed: no snapshot stands in for the log.
    try kill(first)
    var bytes = try contents(log)
    bytes[64 + 64 + 20] ^= 1
    try write(bytes, to: log)
    let second = try start()
    #expect(
      second.standardError.contains("apus: feedback was lost: \(log) is damaged at byte 128; entry 2 is lost"),
      "\(second.standardError)")
    expectClose(try second.banditTerm(of: "t"), term(likes: 3, trials: 3))
    #expect(try second.record("like", tweet: "t") == 5)
    try kill(second)
    #expect(try contents(log + ".damaged") == bytes)
    let third = try start()
    #expect(third.standardError.contains("apus: feedback was lost: \(log).damaged is damaged at byte 128"))
    expectClose(try third.banditTerm(of: "t"), term(likes: 4, trials: 4))
  }

  private func kill(_ server: ServerProcess) throws {
    server.signal(SIGKILL)
    _ = try server.wait()
  }

  @Test("With a snapshot nothing is lost of what is damaged in the log before it")
  func snapshotStandsIn() throws {
    let first = try start()
    for _ in 1...4 { try first.record("like", tweet: "t") }
    try first.stop()
    var bytes = try contents(log)
    bytes[64 + 64 + 20] ^= 1
    try write(bytes, to: log)
    let second = try start()
    #expect(second.standardError.contains("; 4 events replayed;"), "\(second.standardError)")
    expectClose(try second.banditTerm(of: "t"), term(likes: 4, trials: 4))
    #expect(try second.record("like", tweet: "t") == 5)
    try second.stop()
  }

  @Test("A log of another version is bad data: refused, and left as it is")
  func otherVersions() throws {
    try start().stop()
    let old = folder.file("state/feedback.log")
    // The header of version 1, its checksum too.
    let checksum: [UInt8] = [0xA6, 0xF7, 0xAD, 0x4B, 0x7A, 0xD3, 0x02, 0x62]
    let header = Array("APUSFBK\n".utf8) + [1, 0, 0, 0, 64, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 39) + checksum
    for (bytes, reason) in [
      (header, "is a feedback log of version 1, this program knows version 2"),
      (Array("not a log".utf8), "is not a feedback log"),
    ] {
      try write(bytes, to: old)
      let result = try runCommand(
        ["serve", "--model", SampleModel.shared().modelPath, "--listen", "127.0.0.1:0", "--state", state])
      expectRefusal(result, status: 65, "feedback.log \(reason)")
      #expect(try contents(old) == bytes)
    }
  }
}
