import Foundation
import Glibc
import ServerSupport
import Testing

/// One user's view of a server that takes feedback: rankings of the same candidates, and events about them.
struct LiveSession {
  let server: ServerProcess
  let user: String
  let tweets: [String]

  /// The ranking now, explained.
  func rank() throws -> RankOutput {
    try server.answer(["rank", "--user", user, "--tweets", tweets.joined(separator: ",")])
  }

  /// One event of this user, about a ranking where it is named.
  @discardableResult
  func record(
    _ event: String, _ tweet: String, request: String = "0", at time: Int64 = 0
  ) throws -> RecordOutput {
    try server.answer([
      "record", "--user", user, "--tweet", tweet, "--event", event, "--request", request, "--timestamp", "\(time)",
    ])
  }
}

extension RankOutput {
  /// A column of the explanation.
  private func column(_ name: String) throws -> Int {
    try #require(signals.firstIndex(of: name), "\(name) is none of \(signals)")
  }

  /// The raw value of a signal or step for a tweet.
  func value(_ name: String, of tweet: String) throws -> Float { try item(tweet).values[column(name)] }

  /// What a signal or step contributes to a tweet's score.
  func contribution(_ name: String, to tweet: String) throws -> Float { try item(tweet).contributions[column(name)] }
}

extension ServerProcess {
  /// SIGKILL, and waits for the end.
  func kill() throws {
    signal(SIGKILL)
    _ = try wait()
  }
}
