import Wire

extension ReplyStatus {
  /// What a new connection, or a ranking, is told where memory is short.
  static let shortOfMemory = ReplyStatus(
    .resourceExhausted, reason: .memory, message: "the server is short of memory", retryAfterMillis: 1_000)
}
