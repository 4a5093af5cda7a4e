import ApusClient
import ArgumentParser
import Foundation

/// `apus describe`: asks a server what it is and what it has loaded.
struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe", abstract: "Ask a server what it is, what it has loaded and what it has done.",
    discussion: """
      Examples:
        apus describe
        apus describe --address 127.0.0.1:7411 --json
      """)

  @OptionGroup var server: ConnectionOptions

  func run() throws {
    let reply = try server.connect().describe()
    guard let description = reply.pointer.pointee.description?.pointee else {
      throw Failure.software.exit("the reply has no description")
    }
    let facts = Self.facts(description)
    if server.json {
      try JSONOutput.print(Dictionary(uniqueKeysWithValues: facts))
    } else {
      var table = TextTable([("what", .left), ("value", .left)])
      for (name, value) in facts { table.add([name, value]) }
      print(table.render())
    }
  }

  private static func facts(_ it: apus_description) -> [(String, String)] {
    func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
    let blend = (0..<it.signal_count).map { "\(text(it.signals[$0])) \(it.weights[$0])" }
    let asOf = ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: TimeInterval(it.model_as_of)))
    return [
      ("server version", text(it.server_version)), ("model version", text(it.model_version)),
      ("recipe", text(it.recipe)), ("model as of", asOf), ("users", "\(it.users)"), ("tweets", "\(it.tweets)"),
      ("terms", "\(it.terms)"), ("factors", "\(it.factors)"), ("blend weights", blend.joined(separator: ", ")),
      ("bandit policy", text(it.policy_version)), ("events recorded", "\(it.events_recorded)"),
      ("uptime", "\(it.uptime_seconds) s"), ("workers", "\(it.workers)"),
      ("connections accepted", "\(it.connections_accepted)"), ("calls answered", "\(it.calls_answered)"),
      ("calls refused", "\(it.calls_refused)"), ("frame limit", "\(it.limits.frame_bytes) bytes"),
      ("candidates per call", "\(it.limits.candidates_per_call)"), ("text limit", "\(it.limits.text_bytes) bytes"),
      ("calls in flight per connection", "\(it.limits.calls_in_flight)"),
      ("default budget", "\(it.limits.default_budget_ms) ms"),
    ]
  }
}
