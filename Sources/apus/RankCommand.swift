import ApusClient
import ArgumentParser
import Foundation

/// `apus rank`: asks a server to order candidates for a user.
struct RankCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rank", abstract: "Ask a server to order candidate tweets for a user.",
    discussion: """
      Examples:
        apus rank --user user_17 --tweets 7001,7002,7003 --explain
        apus rank --user 168502762 --tweets-from candidates.txt --limit 10
        apus rank --user user_17 --tweets 7001 --new '9001=Launch of the new telescope' --json
      """)

  @Option(help: "User to rank for: an id, or any key.")
  var user: String

  @Option(help: ArgumentHelp("Candidate tweets, separated by commas.", valueName: "a,b,c"))
  var tweets: String?

  @Option(help: ArgumentHelp("File with one candidate tweet per line; - for standard input.", valueName: "file"))
  var tweetsFrom: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A candidate sent with its text; may be repeated.", valueName: "id=text"))
  var new: [String] = []

  @Option(help: "Show only the best this many; 0 shows all.")
  var limit: UInt32 = 0

  @Flag(help: "Show each signal's contribution; they add up to the score.")
  var explain = false

  @OptionGroup var server: ConnectionOptions

  func validate() throws {
    if user.isEmpty { throw ValidationError("--user is empty") }
    guard !listed.isEmpty || tweetsFrom != nil || !new.isEmpty else {
      throw ValidationError("no candidates: give --tweets, --tweets-from or --new")
    }
    for pair in new {
      guard let cut = pair.firstIndex(of: "=") else {
        throw ValidationError("'--new \(pair)' is not of the form id=text")
      }
      if cut == pair.startIndex {
        throw ValidationError("'--new \(pair)' has an empty id; the form is id=text, and the first = ends the id")
      }
    }
  }

  /// The keys of `--tweets`; blanks around them do not count.
  private var listed: [String] {
    (tweets ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  func run() throws {
    var keys = KeyBook()
    var ids = listed.map { keys.id(of: $0) }
    if let tweetsFrom {
      ids += try KeyFile.read(tweetsFrom).map { keys.id(of: $0) }
      if ids.isEmpty, new.isEmpty { throw Failure.badData.exit("\(tweetsFrom): no candidate in it") }
    }
    var texts: [UInt64: String] = [:]
    let candidates = new.map { pair in
      let cut = pair.firstIndex(of: "=") ?? pair.endIndex
      let text = Array(pair[cut...].dropFirst().utf8)
      let id = keys.id(of: String(pair[..<cut]))
      texts[id] = String(decoding: text, as: UTF8.self)
      return (id: id, text: text)
    }
    let userID = keys.id(of: user)
    let connection = try server.connect()
    let reply = try Self.ask(
      connection, userID: userID, ids: ids, new: candidates, limit: limit, explain: explain || server.json)
    guard let ranking = reply.pointer.pointee.ranking else { throw Failure.software.exit("the reply has no ranking") }
    let view = RankingView(
      ranking.pointee, keys: keys, newTexts: texts, candidates: ids.count + candidates.count,
      serverMicros: reply.serverMicros, queueMicros: reply.queueMicros, user: user)
    if server.json { try JSONOutput.print(view) } else { print(view.table(explain: explain)) }
  }

  /// Sends the request; all borrowed memory stays alive until the reply is there.
  private static func ask(
    _ connection: ServerConnection, userID: UInt64, ids: [UInt64], new: [(id: UInt64, text: [UInt8])],
    limit: UInt32, explain: Bool
  ) throws -> ServerReply {
    let arena = new.flatMap(\.text)
    return try ids.withUnsafeBufferPointer { ids in
      try arena.withUnsafeBytes { arena in
        var offset = 0
        let tweets = new.map { tweet in
          defer { offset += tweet.text.count }
          var candidate = apus_new_tweet()
          candidate.tweet_id = tweet.id
          candidate.text = arena.baseAddress.map { ($0 + offset).assumingMemoryBound(to: CChar.self) }
          candidate.text_length = tweet.text.count
          return candidate
        }
        return try tweets.withUnsafeBufferPointer { tweets in
          var request = apus_rank_request()
          request.user_id = userID
          request.tweet_ids = ids.baseAddress
          request.tweet_count = ids.count
          request.new_tweets = tweets.baseAddress
          request.new_tweet_count = tweets.count
          request.limit = limit
          request.explain = explain
          request.include_text = true
          return try connection.rank(&request)
        }
      }
    }
  }
}
