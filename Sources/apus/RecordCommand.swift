import ApusClient
import ArgumentParser

/// `apus record`: tells a server what a user did.
struct RecordCommand: ParsableCommand {
  /// The event types of the wire.
  enum Event: String, ExpressibleByArgument, CaseIterable {
    case impression, click, like, retweet, quote, reply, hide, report

    var raw: apus_event_type {
      switch self {
      case .impression: APUS_EVENT_IMPRESSION
      case .click: APUS_EVENT_CLICK
      case .like: APUS_EVENT_LIKE
      case .retweet: APUS_EVENT_RETWEET
      case .quote: APUS_EVENT_QUOTE
      case .reply: APUS_EVENT_REPLY
      case .hide: APUS_EVENT_HIDE
      case .report: APUS_EVENT_REPORT
      }
    }
  }

  /// The answer, for `--json`.
  struct Recorded: Encodable {
    let recorded: UInt32
    let lastSequence: UInt64
    let duplicates: UInt32
    let unmatched: UInt32
    let serverMicros: UInt32
  }

  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Tell a server what a user did with a tweet; returns when it is durable.",
    discussion: """
      Examples:
        apus record --user user_17 --tweet 7001 --event like
        apus record --user user_17 --tweet 7001 --event impression --request 8836217331
      """)

  @Option(help: "Who: an id, or any key.")
  var user: String

  @Option(help: "With which tweet: an id, or any key.")
  var tweet: String

  @Option(help: "What: \(Event.allCases.map(\.rawValue).joined(separator: ", ")).")
  var event: Event

  @Option(parsing: .unconditional, help: "When, in Unix seconds; 0 is now.")
  var timestamp: Int64 = 0

  @Option(help: "The request id of the ranking that showed the tweet; 0 is none.")
  var request: UInt64 = 0

  @OptionGroup var server: ConnectionOptions

  func validate() throws {
    if user.isEmpty { throw ValidationError("--user is empty") }
    if tweet.isEmpty { throw ValidationError("--tweet is empty") }
  }

  func run() throws {
    var keys = KeyBook()
    var row = apus_event()
    row.user_id = keys.id(of: user)
    row.tweet_id = keys.id(of: tweet)
    row.type = event.raw
    row.timestamp = timestamp
    row.request_id = request
    let reply = try server.connect().record([row])
    guard let recorded = reply.pointer.pointee.recorded?.pointee else {
      throw Failure.software.exit("the reply does not say what was recorded")
    }
    if server.json {
      try JSONOutput.print(
        Recorded(
          recorded: recorded.recorded, lastSequence: recorded.last_sequence, duplicates: recorded.duplicates,
          unmatched: recorded.unmatched, serverMicros: reply.serverMicros))
    } else {
      print(sentence(recorded, micros: reply.serverMicros))
    }
  }

  /// What became of the event, for people.
  private func sentence(_ recorded: apus_recorded, micros: UInt32) -> String {
    let what = "\(event.rawValue) of \(user) on \(tweet)"
    if recorded.duplicates > 0 { return "Had \(what) already: it is durable, and was not recorded again." }
    let start = "Recorded \(what): entry \(recorded.last_sequence) of the log, durable after \(micros) µs"
    guard recorded.unmatched > 0 else { return start + "." }
    return start + "; it teaches nothing: ranking \(request) is not known, or did not show this tweet to this user."
  }
}
