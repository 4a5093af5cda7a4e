/// The first commands on a connection, and what their replies must be: the login, the database, and the questions
/// whether this Redis is one that stands alone, is no replica, and answers.
struct RedisGreeting {
  private enum Step { case login, database, server, role, ping }

  private let steps: [Step]
  private let url: RedisURL
  private var next = 0

  init(_ url: RedisURL) {
    self.url = url
    steps =
      (url.password == nil ? [] : [.login]) + (url.database == 0 ? [] : [.database]) + [.server, .role, .ping]
  }

  /// All commands, sent together.
  var commands: [[[UInt8]]] {
    steps.map { step in
      let words: [String] =
        switch step {
        case .login: ["AUTH"] + (url.user.map { [$0] } ?? []) + (url.password.map { [$0] } ?? [])
        case .database: ["SELECT", String(url.database)]
        case .server: ["INFO", "server"]
        case .role: ["ROLE"]
        case .ping: ["PING"]
        }
      return words.map { Array($0.utf8) }
    }
  }

  /// Whether every reply has come.
  var isDone: Bool { next == steps.count }

  /// Takes the next reply; throws if this Redis cannot be used.
  mutating func accept(_ reply: RedisReply) throws(RedisError) {
    guard !isDone else { throw .protocolViolation(reason: "a reply without a command") }
    let step = steps[next]
    next += 1
    switch (step, reply) {
    // A Redis may forbid looking around, as managed ones do: then the commands themselves will tell.
    case (.server, .error(let error)), (.role, .error(let error)):
      if error.kind == .noAuthentication || error.kind == .loading { throw .server(error) }
    case (_, .error(let error)): throw .server(error)
    case (.login, .status("OK")), (.database, .status("OK")), (.ping, .status("PONG")): break
    case (.server, .bytes(let text)): try Self.checkMode(text)
    case (.role, .array(let role)): try Self.checkRole(role)
    default: throw .protocolViolation(reason: "an unexpected reply to the greeting")
    }
  }

  private static func checkMode(_ info: [UInt8]) throws(RedisError) {
    let field = Array("redis_mode:".utf8)
    for line in info.split(whereSeparator: { $0 == 10 || $0 == 13 }) where line.starts(with: field) {
      switch String(decoding: line.dropFirst(field.count), as: UTF8.self) {
      case "cluster": throw .refused(reason: RedisServerError.clusterSentence)
      case "sentinel": throw .refused(reason: RedisServerError.sentinelSentence)
      default: return
      }
    }
  }

  private static func checkRole(_ role: [RedisReply]) throws(RedisError) {
    switch role.first?.asText {
    case "slave": throw .refused(reason: RedisServerError.replicaSentence)
    case "sentinel": throw .refused(reason: RedisServerError.sentinelSentence)
    default: return
    }
  }
}
