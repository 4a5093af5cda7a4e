/// What is asked of a command before it is sent.
enum RedisCommandCheck {
  /// Commands after which replies no longer answer commands one by one.
  private static let forbidden = [
    "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "MONITOR", "HELLO", "RESET",
    "QUIT", "SYNC", "PSYNC", "AUTH", "SELECT",
  ]

  /// Refuses no command at all, and one that takes over the connection or changes who is speaking on it.
  static func check(_ arguments: [[UInt8]]) throws(RedisError) {
    guard let name = arguments.first, !name.isEmpty else { throw .badCommand(reason: "it has no name") }
    let upper = name.map { $0 >= 97 && $0 <= 122 ? $0 - 32 : $0 }
    if let word = forbidden.first(where: { $0.utf8.elementsEqual(upper) }) {
      throw .badCommand(reason: "\(word) would change what the replies after it mean")
    }
    // CLIENT REPLY OFF and SKIP leave commands without replies.
    if upper.elementsEqual("CLIENT".utf8), arguments.count > 1, arguments[1].count == 5 {
      let reply = arguments[1].map { $0 & 0xDF }
      if reply.elementsEqual("REPLY".utf8) { throw .badCommand(reason: "CLIENT REPLY would end the replies") }
    }
  }

  /// The bytes of the command on the wire, at most: `*count`, and for each argument `$length` and itself.
  static func wireBytes(_ arguments: [[UInt8]]) -> Int {
    arguments.reduce(16) { $0 + $1.count + 24 }
  }
}
